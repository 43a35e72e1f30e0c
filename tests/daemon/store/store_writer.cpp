// Writes numbered batches into the store of a directory for as long as it lives, and says on
// stdout which of them are kept. The tests kill it.
//
// Batch n: 25 results, a bucket and a note that both hold n.
#include <charconv>
#include <cstdio>
#include <string>

#include <boost/asio/io_context.hpp>

#include "daemon/store/store.hpp"
#include "tests/daemon/core/made_results.hpp"

namespace sonde::store {
namespace {

ResultPtr result(int number) {
  MadeResult made("chat");
  if (number % 5 == 0) made.failed(Step::login, Reason::tcp_refused, "refused");
  made.trace().enter(Phase::connect, MadeResult::at(1));
  auto fresh = std::make_shared<Result>(made.result());
  fresh->started = std::chrono::system_clock::now();
  return fresh;
}

Changes batch(std::uint32_t n) {
  const auto hour = std::chrono::system_clock::now().time_since_epoch() / std::chrono::hours(1);
  Changes changes{.results = {},
                  .buckets = {{"series", 3, static_cast<std::uint32_t>(hour), n, 0}},
                  .notes = {{"test", "batch", std::to_string(n)}}};
  for (int number = 0; number < 25; ++number) changes.results.push_back(result(number));
  return changes;
}

std::uint32_t last(const RestoredState& remembered) {
  std::uint32_t n = 0;
  for (const StateRecord& note : remembered.notes)
    std::from_chars(note.text.data(), note.text.data() + note.text.size(), n);
  return n;
}

void write(Store& store, std::uint32_t n) {
  store.write(batch(n), [&store, n](bool kept) {
    std::printf("%s %u\n", kept ? "kept" : "lost", n);
    std::fflush(stdout);
    write(store, n + 1);
  });
}

}  // namespace
}  // namespace sonde::store

int main(int argc, char** argv) {
  if (argc != 2) return 64;
  boost::asio::io_context main;
  auto store = sonde::store::Store::open({.path = argv[1], .retention = {}}, main.get_executor());
  if (!store) return 1;
  sonde::store::write(**store, sonde::store::last((*store)->take_remembered()) + 1);
  main.run();
}
