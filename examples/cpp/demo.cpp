// Asks for a flag and prints the answer whenever it changes.
//
//   g++ -std=c++20 demo.cpp -lflagfabric -o demo && ./demo new-checkout-flow user-17
#include <array>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <iostream>
#include <string>
#include <thread>

#include "flagfabric.hpp"

namespace {

volatile std::sig_atomic_t stopping;

/// Prints a line where it differs from the one before.
void say(std::string &last, std::string line)
{
    if (line == last)
        return;
    last = std::move(line);
    std::cout << last << std::endl;
}

std::string on_or_off(bool on) { return on ? "on" : "off"; }

} // namespace

int main(int count, char **arguments)
{
    const std::string flag = count > 1 ? arguments[1] : "new-checkout-flow";
    const std::string user = count > 2 ? arguments[2] : "";
    const char *milliseconds = std::getenv("INTERVAL_MS");
    const std::chrono::milliseconds interval { milliseconds ? std::atol(milliseconds) : 100 };
    const std::array known { flagfabric::text("language", "c++"), flagfabric::whole("interval", interval.count()) };
    std::string everybody, somebody;

    std::signal(SIGTERM, [](int) { stopping = 1; });
    while (!stopping) {
        say(everybody, flag + " " + on_or_off(flagfabric::enabled(flag)));
        if (!user.empty())
            say(somebody, flag + " for " + user + ": " + on_or_off(flagfabric::enabled_for(flag, user)) + ", variant " +
                              flagfabric::variant(flag, user, known).value_or("-"));
        std::this_thread::sleep_for(interval);
    }
}
