// Knows nothing of Fabric: it has a function of its own, which says no, and prints the answer whenever it changes.
//
//   g++ override.cpp -o override && ./override new-checkout-flow
//   fabric attach --exe "$PWD/override" --symbol is_feature_enabled
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <iostream>
#include <optional>
#include <string>
#include <thread>

namespace {

volatile std::sig_atomic_t stopping;

} // namespace

/// What runs where nobody overrides it. Not inlined, so that there is one place to attach to; C's linkage gives it a plain
/// name and a plain pointer to the text. The empty instruction takes the flag and may change the answer, so that no compiler
/// knows better: it would leave out an argument that nobody looks at, and a call whose answer it knows.
extern "C" [[gnu::noinline, gnu::visibility("default")]] bool is_feature_enabled(const char *flag)
{
    bool by_default = false;

    asm volatile("" : "+r"(by_default) : "r"(flag) : "memory");
    return by_default;
}

int main(int count, char **arguments)
{
    const std::string flag = count > 1 ? arguments[1] : "new-checkout-flow";
    const char *milliseconds = std::getenv("INTERVAL_MS");
    const std::chrono::milliseconds interval { milliseconds ? std::atol(milliseconds) : 100 };
    std::optional<bool> last;

    std::signal(SIGTERM, [](int) { stopping = 1; });
    while (!stopping) {
        const bool on = is_feature_enabled(flag.c_str());

        if (on != last) {
            std::cout << flag << (on ? " on" : " off") << std::endl;
            last = on;
        }
        std::this_thread::sleep_for(interval);
    }
}
