/* FlagFabric.java's native methods. Texts come as bytes that end with a zero byte. */
#include <flagfabric.h>
#include <jni.h>
#include <stdlib.h>

/*
 * The longest name and the longest targeting key with their ends, and room for one character more: what is cut there is
 * still too long, and so as unknown to the library as the whole would be.
 */
#define FLAG_BYTES (64 + 4)
#define KEY_BYTES (256 + 4)

/* Bytes of Java's in memory of ours; NULL for null. */
static const char *read_text(JNIEnv *env, jbyteArray from, char *to, jsize size)
{
    if (!from)
        return NULL;
    jsize length = (*env)->GetArrayLength(env, from);
    if (length > size - 1)
        length = size - 1;
    (*env)->GetByteArrayRegion(env, from, 0, length, (jbyte *)to);
    to[length] = 0;
    return to;
}

JNIEXPORT jboolean JNICALL Java_FlagFabric_enabled(JNIEnv *env, jclass self, jbyteArray flag)
{
    char name[FLAG_BYTES];

    (void)self;
    return is_feature_enabled(read_text(env, flag, name, FLAG_BYTES));
}

JNIEXPORT jboolean JNICALL Java_FlagFabric_enabledFor(JNIEnv *env, jclass self, jbyteArray flag, jbyteArray user)
{
    char name[FLAG_BYTES], key[KEY_BYTES];

    (void)self;
    return is_feature_enabled_for(read_text(env, flag, name, FLAG_BYTES), read_text(env, user, key, KEY_BYTES));
}

/* A text of any length in memory that is the caller's to free, and its length without the end; NULL for null. */
static char *copy_text(JNIEnv *env, jobjectArray texts, jsize i, uint32_t *length)
{
    jbyteArray from = (*env)->GetObjectArrayElement(env, texts, i);
    if (!from)
        return NULL;
    jsize bytes = (*env)->GetArrayLength(env, from);
    char *text = malloc(bytes);
    if (text) {
        (*env)->GetByteArrayRegion(env, from, 0, bytes, (jbyte *)text);
        *length = bytes - 1;
    }
    (*env)->DeleteLocalRef(env, from);
    return text;
}

/* What FlagFabric.Attributes holds. */
struct arrays {
    jobjectArray names;
    jintArray types;
    jlongArray bits;
    jobjectArray texts;
};

static void free_known(struct flagfabric_attribute *known, jsize count)
{
    for (jsize i = 0; known && i < count; i++) {
        free((char *)known[i].name);
        if (known[i].type == FLAGFABRIC_STRING)
            free((char *)known[i].string);
    }
    free(known);
}

/* All that is known as attributes that free_known frees; NULL where memory is short. */
static struct flagfabric_attribute *read_known(JNIEnv *env, const struct arrays *arrays, jsize count)
{
    struct flagfabric_attribute *known = calloc(count + 1, sizeof *known);
    uint32_t unused;

    for (jsize i = 0; known && i < count; i++) {
        struct flagfabric_attribute *attribute = &known[i];

        attribute->name = copy_text(env, arrays->names, i, &unused);
        (*env)->GetIntArrayRegion(env, arrays->types, i, 1, (jint *)&attribute->type);
        /* The members of the union begin at one place, and a truth is its lowest byte. */
        (*env)->GetLongArrayRegion(env, arrays->bits, i, 1, (jlong *)&attribute->integer);
        if (attribute->type == FLAGFABRIC_STRING)
            attribute->string = copy_text(env, arrays->texts, i, &attribute->length);
    }
    return known;
}

static jbyteArray to_java(JNIEnv *env, const char *text, jsize length)
{
    jbyteArray bytes = (*env)->NewByteArray(env, length);

    if (bytes)
        (*env)->SetByteArrayRegion(env, bytes, 0, length, (const jbyte *)text);
    return bytes;
}

/* The variant's name, asked for again with more room where it is long; NULL where the program's own default applies. */
static jbyteArray ask_variant(JNIEnv *env, const char *flag, const struct flagfabric_context *context)
{
    char some[64], *name = some;
    size_t size = sizeof some;
    ptrdiff_t length;

    while ((length = flagfabric_variant(flag, context, name, size)) >= (ptrdiff_t)size) {
        if (name != some)
            free(name);
        size = length + 1;
        name = malloc(size);
        if (!name)
            return NULL;
    }
    jbyteArray result = length < 0 ? NULL : to_java(env, name, length);
    if (name != some)
        free(name);
    return result;
}

JNIEXPORT jbyteArray JNICALL Java_FlagFabric_variant(JNIEnv *env, jclass self, jbyteArray flag, jbyteArray user, jobjectArray names,
                                                     jintArray types, jlongArray bits, jobjectArray texts)
{
    char name[FLAG_BYTES], key[KEY_BYTES];
    const struct arrays arrays = { names, types, bits, texts };
    const jsize count = (*env)->GetArrayLength(env, names);
    struct flagfabric_attribute *known = read_known(env, &arrays, count);
    const struct flagfabric_context context = { read_text(env, user, key, KEY_BYTES), known, known ? count : 0 };
    jbyteArray answer = ask_variant(env, read_text(env, flag, name, FLAG_BYTES), &context);

    (void)self;
    free_known(known, count);
    return answer;
}
