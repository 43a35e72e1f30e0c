#include "probes/net/dns/lookup_channel.hpp"

#include <ares.h>
#include <ares_nameser.h>
#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <cstring>

#include <boost/asio/post.hpp>

namespace sonde::net {
namespace asio = boost::asio;
namespace {

constexpr int first_timeout_ms = 800;  // doubled for each further round of the servers
constexpr int tcp_timeout_ms = 4800;   // for all servers together; TCP retransmits by itself

// Limits the rounds so that a query without an answer ends well before a run of 10 s.
int rounds(std::size_t servers) { return servers <= 1 ? 3 : servers <= 3 ? 2 : 1; }

// c-ares requires its global state before the first channel; static: once, on any thread.
void init_library() {
  static const int done = ares_library_init(ARES_LIB_INIT_ALL);
  (void)done;
}

DnsAnswer meaning(int status) {
  switch (status) {
    case ARES_SUCCESS:
      return DnsAnswer::found;
    case ARES_ENODATA:
      return DnsAnswer::nodata;
    case ARES_ENOTFOUND:
      return DnsAnswer::nxdomain;
    case ARES_EBADNAME:
      return DnsAnswer::bad_name;
    case ARES_ESERVFAIL:
    case ARES_EREFUSED:
    case ARES_EFORMERR:
    case ARES_ENOTIMP:
      return DnsAnswer::servfail;
    case ARES_EBADRESP:
      return DnsAnswer::unreadable;
    default:
      return DnsAnswer::silence;
  }
}

Address shown(int family, const void* bytes) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  inet_ntop(family, bytes, text.data(), text.size());
  return {.text = text.data(), .v6 = family == AF_INET6};
}

// The addresses of an answer, following CNAMEs. At most 16.
DnsAnswer read_addresses(const unsigned char* bytes, int size, bool v6, std::vector<Address>& out) {
  std::array<ares_addrttl, 16> four{};
  std::array<ares_addr6ttl, 16> six{};
  int count = 16;
  const int status = v6 ? ares_parse_aaaa_reply(bytes, size, nullptr, six.data(), &count)
                        : ares_parse_a_reply(bytes, size, nullptr, four.data(), &count);
  if (status != ARES_SUCCESS) return meaning(status);
  for (std::size_t i = 0; i < static_cast<std::size_t>(count); ++i)
    out.push_back(v6 ? shown(AF_INET6, &six[i].ip6addr) : shown(AF_INET, &four[i].ipaddr));
  return out.empty() ? DnsAnswer::nodata : DnsAnswer::found;
}

// RFC 1035 section 4.1.1: whether the answer is truncated.
bool is_truncated(const unsigned char* bytes, int size) {
  return bytes && size >= NS_HFIXEDSZ && (bytes[2] & 0x02) != 0;
}

// RFC 1035 section 4.1.1: whether the answer or authority section has records, so that the answer
// comes from a zone.
bool names_zone(const unsigned char* bytes, int size) {
  if (!bytes || size < NS_HFIXEDSZ) return false;
  return bytes[6] != 0 || bytes[7] != 0 || bytes[8] != 0 || bytes[9] != 0;
}

std::vector<ares_addr_port_node> nodes_of(const std::vector<DnsServer>& servers) {
  std::vector<ares_addr_port_node> nodes(servers.size());
  for (std::size_t i = 0; i < servers.size(); ++i) {
    auto& node = nodes[i];
    node.next = i + 1 < nodes.size() ? &nodes[i + 1] : nullptr;
    node.family = servers[i].address.contains(':') ? AF_INET6 : AF_INET;
    node.udp_port = node.tcp_port = servers[i].port;
    inet_pton(node.family, servers[i].address.c_str(), &node.addr);
  }
  return nodes;
}

std::size_t system_servers() {
  ares_channel probe = nullptr;
  if (ares_init(&probe) != ARES_SUCCESS) return 1;
  ares_addr_node* list = nullptr;
  std::size_t count = 0;
  if (ares_get_servers(probe, &list) == ARES_SUCCESS)
    for (auto* node = list; node; node = node->next) ++count;
  ares_free_data(list);
  ares_destroy(probe);
  return count;
}

}  // namespace

struct LookupChannel::Question {
  asio::any_io_executor executor;
  Done done;
  Over over;
  bool addresses;  // otherwise only whether there was an answer matters
  bool v6;
  bool of_zone = false;  // a negative answer needs an authority section
};

// A socket owned by c-ares; here it is only waited for.
struct LookupChannel::Watch {
  Watch(const asio::any_io_executor& executor, int socket) : descriptor(executor), fd(socket) {
    boost::system::error_code unwatched;  // then its queries end without an answer
    descriptor.assign(socket, unwatched);
  }
  ~Watch() { descriptor.release(); }
  asio::posix::stream_descriptor descriptor;
  int fd;
  bool readable = false, writable = false;  // what c-ares waits for
  bool reading = false, writing = false;    // pending waits
  bool gone = false;
};

LookupChannel::LookupChannel(const asio::any_io_executor& executor,
                             const std::vector<DnsServer>& servers, Over over)
    : executor_(executor), timer_(executor), over_(over) {
  init_library();
  std::array<char, 2> lookups = {'b', '\0'};
  ares_options options{};
  options.flags = ARES_FLAG_NOCHECKRESP | ARES_FLAG_NOSEARCH |
                  (over == Over::tcp ? ARES_FLAG_USEVC : ARES_FLAG_IGNTC);
  const std::size_t count =
      std::max<std::size_t>(servers.empty() ? system_servers() : servers.size(), 1);
  options.timeout = over == Over::tcp ? tcp_timeout_ms / static_cast<int>(count) : first_timeout_ms;
  options.tries = over == Over::tcp ? 1 : rounds(count);
  options.lookups = lookups.data();
  options.sock_state_cb = socket_changed;
  options.sock_state_cb_data = this;
  const int mask = ARES_OPT_FLAGS | ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_LOOKUPS |
                   ARES_OPT_SOCK_STATE_CB;
  if (ares_init_options(&ares_, &options, mask) != ARES_SUCCESS) ares_ = nullptr;
  auto nodes = nodes_of(servers);
  if (ares_ && !nodes.empty() && ares_set_servers_ports(ares_, nodes.data()) != ARES_SUCCESS) {
    ares_destroy(ares_);
    ares_ = nullptr;
  }
}

LookupChannel::~LookupChannel() {
  if (ares_) ares_destroy(ares_);
  for (auto& waiter : root_waiters_)
    asio::post(executor_, [waiter = std::move(waiter)] { waiter(DnsAnswer::silence, {}); });
}

void LookupChannel::ask(const std::string& name, bool v6, Done done) {
  auto question = std::make_unique<Question>(executor_, std::move(done), over_, true, v6);
  send(std::move(question), name.c_str(), v6 ? ns_t_aaaa : ns_t_a);
}

void LookupChannel::ask_zone(const std::string& name, Done done) {
  auto question = std::make_unique<Question>(executor_, std::move(done), over_, true, false, true);
  send(std::move(question), name.c_str(), ns_t_a);
}

void LookupChannel::ask_root(Done done) {
  root_waiters_.push_back(std::move(done));
  if (root_waiters_.size() > 1) return;
  auto all = [weak = weak_from_this()](DnsAnswer answer, const std::vector<Address>&) {
    if (auto self = weak.lock()) self->root_answered(answer);
  };
  send(std::make_unique<Question>(executor_, all, over_, false, false), ".", ns_t_ns);
}

void LookupChannel::root_answered(DnsAnswer answer) {
  for (auto& waiter : std::exchange(root_waiters_, {})) waiter(answer, {});
}

void LookupChannel::send(std::unique_ptr<Question> question, const char* name, int type) {
  if (!ares_) return answered(question.release(), ARES_ENOTINITIALIZED, 0, nullptr, 0);
  ares_query(ares_, name, ns_c_in, type, answered, question.release());
  arm_timer();
}

void LookupChannel::answered(void* question, int status, int, unsigned char* bytes, int size) {
  std::unique_ptr<Question> q(static_cast<Question*>(question));
  auto answer = meaning(status);
  std::vector<Address> addresses;
  // A truncated answer proves that the server works, which is sufficient for the root.
  if (q->over == Over::udp && is_truncated(bytes, size))
    answer = q->addresses ? DnsAnswer::truncated : DnsAnswer::found;
  if (q->over == Over::tcp && answer == DnsAnswer::silence) answer = DnsAnswer::truncated;
  if (q->addresses && answer == DnsAnswer::found)
    answer = read_addresses(bytes, size, q->v6, addresses);
  const bool negative = answer == DnsAnswer::nxdomain || answer == DnsAnswer::nodata;
  if (q->of_zone && negative && !names_zone(bytes, size)) answer = DnsAnswer::made_up;
  // Posted, because c-ares must not be called or destroyed from within its callback.
  asio::post(q->executor, [done = std::move(q->done), answer,
                           all = std::move(addresses)]() mutable { done(answer, std::move(all)); });
}

void LookupChannel::socket_changed(void* channel, int fd, int readable, int writable) {
  static_cast<LookupChannel*>(channel)->watch(fd, readable != 0, writable != 0);
}

void LookupChannel::watch(int fd, bool readable, bool writable) {
  auto& watch = watches_[fd];
  if (!readable && !writable) {
    if (watch) watch->gone = true;
    if (watch) watch->descriptor.release();
    watches_.erase(fd);
    return;
  }
  if (!watch) watch = std::make_shared<Watch>(executor_, fd);
  watch->readable = readable;
  watch->writable = writable;
  const auto held = watch;
  await_readable(held);
  await_writable(held);
}

void LookupChannel::await_readable(const std::shared_ptr<Watch>& watch) {
  if (!watch->readable || watch->reading || watch->gone) return;
  watch->reading = true;
  watch->descriptor.async_wait(asio::posix::stream_descriptor::wait_read, [this, watch](auto) {
    if (watch->gone) return;
    watch->reading = false;
    ares_process_fd(ares_, watch->fd, ARES_SOCKET_BAD);
    await_readable(watch);
    arm_timer();
  });
}

void LookupChannel::await_writable(const std::shared_ptr<Watch>& watch) {
  if (!watch->writable || watch->writing || watch->gone) return;
  watch->writing = true;
  watch->descriptor.async_wait(asio::posix::stream_descriptor::wait_write, [this, watch](auto) {
    if (watch->gone) return;
    watch->writing = false;
    ares_process_fd(ares_, ARES_SOCKET_BAD, watch->fd);
    await_writable(watch);
    arm_timer();
  });
}

void LookupChannel::arm_timer() {
  timeval wait{};
  if (!ares_timeout(ares_, nullptr, &wait)) {
    timer_.cancel();
    return;
  }
  timer_.expires_after(std::chrono::seconds(wait.tv_sec) + std::chrono::microseconds(wait.tv_usec));
  timer_.async_wait([weak = weak_from_this()](boost::system::error_code error) {
    const auto self = weak.lock();
    if (error || !self) return;
    ares_process_fd(self->ares_, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
    self->arm_timer();
  });
}

}  // namespace sonde::net
