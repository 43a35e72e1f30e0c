// Every line that says BAD must be found by coroutines.py, and no other.
#include <boost/asio/awaitable.hpp>

asio::awaitable<void> good() {
  // co_await in a comment ? is : no matter
  const auto text = "co_await x ? co_await y : z";
  const auto [error, size] = co_await socket.async_read(buffer, done);
  if (auto found = co_await lookup(name); found) use(*found);
  const auto n = error ? 1 : 2;
  while (!error) {
    const auto got = co_await stream.async_read_some(asio::buffer(unread), done);
  }
  spawn([self] { return self->go(); });
  switch (kind) {
    case Kind::one:
      co_await first();
      break;
  }
  for (const auto& each : {1, 2}) co_await one(each);
  co_return co_await more();
}

asio::awaitable<int> reads(const std::string& path, std::string owner, const Bounds& bounds = {});
asio::awaitable<void> views(std::string_view text, int count);

asio::awaitable<void> good_names(const std::string& path, const Bounds& bounds) {
  auto reading = reads(path, "me", bounds);  // the text is taken by value
  const auto got = co_await std::move(reading);
  auto seeing = views("a literal lives on", got);
  co_await std::move(seeing);
  const auto sum = co_await reads(path + "/x", owner_of(path), bounds);
  auto line = reads_at_once(path, {});  // no coroutine
}

asio::awaitable<void> bad_names(const std::string& path) {
  auto bare = reads(path, "me", {});                                 // BAD
  co_await std::move(bare);
  auto made = room.reads(path, "me", Bounds{.max = 3});              // BAD
  co_await std::move(made);
  auto text = reads(std::string("x"), "me");                         // BAD
  co_await std::move(text);
  auto literal = reads("x", "me");                                   // BAD
  co_await std::move(literal);
  auto sum = net::views(path + "/x", 1);                             // BAD
  co_await std::move(sum);
}

asio::awaitable<void> bad() {
  spawn([x]() -> asio::awaitable<void> { co_return; });              // BAD
  spawn([x] { co_await later(); });                                  // BAD
  const auto both = co_await one() + co_await two();                 // BAD BAD
  const auto either = ready ? co_await one() : 2;                    // BAD
  const auto chosen = co_await yes() ? 1 : 2;                        // BAD
  throw Wrong(co_await why());                                       // BAD
  switch (co_await kind()) {                                         // BAD
    default:
      break;
  }
  const Pair pair{co_await one(), 2};                                // BAD
  list.push_back(Pair{co_await one()});                              // BAD
  co_await connect(Address{host, port});                             // BAD
  co_await connect({.host = host});                                  // BAD
}
