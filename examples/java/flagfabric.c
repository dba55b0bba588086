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

/* A text of any length in memory that is the caller's to free. */
static char *copy_text(JNIEnv *env, jbyteArray from, jsize *length)
{
    *length = (*env)->GetArrayLength(env, from);
    char *text = malloc(*length);
    if (text)
        (*env)->GetByteArrayRegion(env, from, 0, *length, (jbyte *)text);
    return text;
}

/* What a value is, by its class; the Java side lets nothing else through than these four. */
static void read_value(JNIEnv *env, jobject value, struct flagfabric_attribute *to)
{
    jclass whole = (*env)->FindClass(env, "java/lang/Long"), number = (*env)->FindClass(env, "java/lang/Double"),
           truth = (*env)->FindClass(env, "java/lang/Boolean");
    jsize length;

    if ((*env)->IsInstanceOf(env, value, whole)) {
        to->type = FLAGFABRIC_INTEGER;
        to->integer = (*env)->CallLongMethod(env, value, (*env)->GetMethodID(env, whole, "longValue", "()J"));
    } else if ((*env)->IsInstanceOf(env, value, number)) {
        to->type = FLAGFABRIC_DOUBLE;
        to->number = (*env)->CallDoubleMethod(env, value, (*env)->GetMethodID(env, number, "doubleValue", "()D"));
    } else if ((*env)->IsInstanceOf(env, value, truth)) {
        to->type = FLAGFABRIC_BOOLEAN;
        to->boolean = (*env)->CallBooleanMethod(env, value, (*env)->GetMethodID(env, truth, "booleanValue", "()Z"));
    } else if ((to->string = copy_text(env, value, &length))) {
        to->type = FLAGFABRIC_STRING;
        to->length = length - 1;
    }
    (*env)->DeleteLocalRef(env, whole);
    (*env)->DeleteLocalRef(env, number);
    (*env)->DeleteLocalRef(env, truth);
}

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
static struct flagfabric_attribute *read_known(JNIEnv *env, jobjectArray names, jobjectArray values, jsize count)
{
    struct flagfabric_attribute *known = calloc(count + 1, sizeof *known);
    jsize length;

    for (jsize i = 0; known && i < count; i++) {
        jobject name = (*env)->GetObjectArrayElement(env, names, i), value = (*env)->GetObjectArrayElement(env, values, i);

        known[i].name = copy_text(env, name, &length);
        read_value(env, value, &known[i]);
        (*env)->DeleteLocalRef(env, name);
        (*env)->DeleteLocalRef(env, value);
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
                                                     jobjectArray values)
{
    char name[FLAG_BYTES], key[KEY_BYTES];
    const jsize count = (*env)->GetArrayLength(env, names);
    struct flagfabric_attribute *known = read_known(env, names, values, count);
    const struct flagfabric_context context = { read_text(env, user, key, KEY_BYTES), known, known ? count : 0 };
    jbyteArray answer = ask_variant(env, read_text(env, flag, name, FLAG_BYTES), &context);

    (void)self;
    free_known(known, count);
    return answer;
}
