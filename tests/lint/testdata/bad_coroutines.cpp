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
