#include "tests/support/ws_server.hpp"

#include <openssl/evp.h>

#include <optional>

namespace sonde::test {

namespace asio = boost::asio;

namespace {

std::string digest(const std::string& key) {
  const std::string text = key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  unsigned char sha[20];
  unsigned length = 0;
  EVP_Digest(text.data(), text.size(), sha, &length, EVP_sha1(), nullptr);
  unsigned char base64[32];
  const int size = EVP_EncodeBlock(base64, sha, sizeof sha);
  return {reinterpret_cast<char*>(base64), static_cast<std::size_t>(size)};
}

asio::awaitable<void> switch_to(const std::string& response, Peer& peer) {
  std::string text = response;
  const auto at = text.find("{accept}");
  if (at != text.npos) text.replace(at, 8, digest(peer.request().header("Sec-WebSocket-Key")));
  co_await peer.write(std::move(text));
}

std::uint64_t number(std::string_view bytes) {
  std::uint64_t value = 0;
  for (const char c : bytes) value = value << 8 | static_cast<unsigned char>(c);
  return value;
}

// Takes one complete frame from the front of `bytes`; empty while it is incomplete.
std::optional<Frame> take(std::string& bytes) {
  if (bytes.size() < 2) return std::nullopt;
  const auto first = static_cast<unsigned char>(bytes[0]);
  const auto second = static_cast<unsigned char>(bytes[1]);
  const bool masked = (second & 0x80) != 0;
  const std::size_t width = (second & 0x7f) == 126 ? 2 : (second & 0x7f) == 127 ? 8 : 0;
  const std::size_t head = 2 + width + (masked ? 4 : 0);
  if (bytes.size() < head) return std::nullopt;
  const std::size_t length =
      width == 0 ? second & 0x7f : number(std::string_view(bytes).substr(2, width));
  if (bytes.size() < head + length) return std::nullopt;
  Frame frame{.opcode = first & 0x0f,
              .payload = bytes.substr(head, length),
              .fin = (first & 0x80) != 0,
              .masked = masked};
  for (std::size_t i = 0; masked && i < length; ++i) {
    frame.payload[i] = static_cast<char>(frame.payload[i] ^ bytes[head - 4 + i % 4]);
  }
  bytes.erase(0, head + length);
  return frame;
}

asio::awaitable<std::optional<Frame>> next(Peer& peer) {
  auto frame = take(peer.unread());
  bool more = true;
  while (!frame && more) {
    more = co_await peer.read();
    frame = take(peer.unread());
  }
  if (frame) peer.record(*frame);
  co_return frame;
}

asio::awaitable<void> wait_for_frame(int opcode, Peer& peer) {
  while (!peer.gone()) {
    const auto frame = co_await next(peer);
    if (frame && (opcode == -1 || frame->opcode == opcode)) co_return;
  }
}

asio::awaitable<void> converse(std::function<Script(const std::string&)> reply, Peer& peer) {
  std::string message;
  while (!peer.gone()) {
    const auto got = co_await next(peer);
    if (!got) co_return;
    Script script;
    if (got->opcode == op_close) {
      script = {send(frame(op_close, got->payload)), fin(), hang()};
    } else if (got->opcode == op_ping) {
      script = {send(frame(op_pong, got->payload))};
    } else if (got->opcode != op_pong) {
      message += got->payload;
      if (!got->fin) continue;
      script = reply(std::exchange(message, {}));
    }
    for (const Act& act : script) {
      if (!peer.gone()) co_await act(peer);
    }
  }
}

}  // namespace

Act switch_protocols(std::string response) {
  return std::bind_front(switch_to, std::move(response));
}

Act accept(Headers headers) {
  std::string response =
      "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
      "Sec-WebSocket-Accept: {accept}\r\n";
  for (const auto& [name, value] : headers) response += name + ": " + value + "\r\n";
  return switch_protocols(response + "\r\n");
}

std::string frame(int opcode, std::string_view payload, const FrameBits& bits) {
  std::string bytes;
  bytes += static_cast<char>((bits.fin ? 0x80 : 0) | bits.rsv << 4 | opcode);
  const std::size_t length = payload.size();
  const int width = length < 126 ? 0 : length < 65536 ? 2 : 8;
  const int mask = bits.masked ? 0x80 : 0;
  bytes += static_cast<char>(mask | (width == 0   ? static_cast<int>(length)
                                     : width == 2 ? 126
                                                  : 127));
  for (int i = width - 1; i >= 0; --i) bytes += static_cast<char>(length >> (8 * i) & 0xff);
  if (bits.masked) bytes += std::string(4, '\0');
  return bytes.append(payload);
}

Act text(std::string_view payload) { return send(frame(op_text, payload)); }
Act binary(std::string_view payload) { return send(frame(op_binary, payload)); }
Act ping(std::string_view payload) { return send(frame(op_ping, payload)); }

Act close(int code, std::string_view reason) {
  std::string payload{static_cast<char>(code >> 8), static_cast<char>(code & 0xff)};
  return send(frame(op_close, payload.append(reason)));
}

Act expect(int opcode) { return std::bind_front(wait_for_frame, opcode); }

Act on_message(std::function<Script(const std::string&)> reply) {
  return std::bind_front(converse, std::move(reply));
}

}  // namespace sonde::test
