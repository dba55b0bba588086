// The library's calls with C++'s types. Copy it, or include flagfabric.h and call C.
#pragma once

#include <flagfabric.h>

#include <optional>
#include <span>
#include <string>

namespace flagfabric {

inline bool enabled(const std::string &flag) { return is_feature_enabled(flag.c_str()); }

inline bool enabled_for(const std::string &flag, const std::string &user)
{
    return is_feature_enabled_for(flag.c_str(), user.c_str());
}

inline flagfabric_attribute text(const char *name, const char *value)
{
    flagfabric_attribute attribute {};
    attribute.name = name;
    attribute.type = FLAGFABRIC_STRING;
    attribute.length = FLAGFABRIC_TERMINATED;
    attribute.string = value;
    return attribute;
}

inline flagfabric_attribute whole(const char *name, std::int64_t value)
{
    flagfabric_attribute attribute {};
    attribute.name = name;
    attribute.type = FLAGFABRIC_INTEGER;
    attribute.integer = value;
    return attribute;
}

/// The variant's name for a user of whom something is known; nothing where the program's own default applies.
inline std::optional<std::string> variant(const std::string &flag, const std::string &user, std::span<const flagfabric_attribute> known)
{
    const flagfabric_context context { user.c_str(), known.data(), known.size() };
    std::string name(63, '\0');
    for (;;) {
        // A string has room for the zero byte behind its characters.
        const auto length = flagfabric_variant(flag.c_str(), &context, name.data(), name.size() + 1);
        if (length < 0)
            return std::nullopt;
        const bool whole = static_cast<std::size_t>(length) <= name.size();
        name.resize(length);
        if (whole)
            return name;
    }
}

} // namespace flagfabric
