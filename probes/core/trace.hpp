#pragma once
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "probes/core/clock.hpp"
#include "probes/core/reason.hpp"
#include "probes/core/secrets.hpp"

namespace sonde {

// A stretch of a run. `login`, `discover`, `upgrade`, `refuse` and `isolation` enclose the finer
// ones of their exchanges.
enum class Phase : std::uint8_t {
  resolve,
  connect,
  proxy,
  tls,
  request,
  first_byte,
  body,
  login,
  discover,
  upgrade,
  ready,
  events,
  refuse,
  hold,
  isolation,
  close,
  diagnose  // after the run: no part of its duration
};
std::string_view name(Phase phase);

// A phase that was entered. `took` is empty while it lasts.
struct PhaseSpan {
  Phase phase;
  Step step;
  Instant entered;
  std::optional<Span> took;
};

// What was learnt of a TLS session, also of one that failed verification.
struct TlsFacts {
  std::string version;  // "TLSv1.3"
  std::string cipher;
  std::string alpn;     // empty: none chosen
  std::string subject;  // of the leaf certificate
  std::string issuer;
  std::int64_t not_before = 0;  // Unix seconds; the latest of the chain
  std::int64_t not_after = 0;   // the earliest of it
  std::string host_port;        // whose certificate: "host:443"
};

using Headers = std::vector<std::pair<std::string, std::string>>;

// One HTTP exchange: the request line and headers as sent, the status, headers and start of the
// body as received (status 0: no answer).
struct Exchange {
  std::string method;
  std::string url;
  Headers sent;
  std::string sent_body;
  int status = 0;
  Headers received;
  std::string body;  // its start
  std::size_t body_bytes = 0;
  std::string peer;  // "192.0.2.1:443"
  Instant at;
  std::string experiment;  // which one made it; empty: the run itself
};

enum class Direction : std::uint8_t { in, out };

// A frame, with the start of its text; binary ones as hex.
struct FrameNote {
  Direction direction;
  std::string_view kind;  // text, binary, ping, pong, close: a text in code
  std::string text;
  std::size_t bytes = 0;
  Instant at;
  std::string remark;   // why it was the wrong one; empty: nothing was wrong with it
  std::string session;  // whose, in a run that has several at once
};

enum class EventState : std::uint8_t {
  received,
  missing,
  duplicate,
  late,
  out_of_order,
  foreign,
  after_terminal
};
std::string_view name(EventState state);

// An event of the dialect, by its canonical name. `at` is counted from the completed send.
struct EventNote {
  std::string name;
  EventState state;
  Span at{};
};

// A control experiment that was made after the run failed, to separate the causes of the failure.
struct ExperimentNote {
  std::string name;      // "random_path"
  std::string question;  // "the same token at a path that does not exist"
  std::string answer;    // "HTTP 404 Not Found"
  Instant at;
  Span took{};
};

// A refusal check of the run. One that was not performed proves nothing, and says why it was not.
struct RefusalNote {
  std::string check;  // "no_token"
  enum class State : std::uint8_t { refused, failed, unclear, not_performed } state;
  std::string why;  // empty: refused
};
std::string_view name(RefusalNote::State state);

// Who ended a connection.
enum class EndedBy : std::uint8_t { nobody, close_frame, fin, rst, deadline, us };
std::string_view name(EndedBy by);

struct Ending {
  EndedBy by = EndedBy::nobody;
  int code = 0;        // of the close frame; 0: none
  std::string reason;  // that of the close frame; of a FIN or RST: "within a frame", or nothing
};

// What one run did, in the order in which it did it. The caller of an attempt owns it, so a
// deadline that cuts the attempt loses nothing. Everything recorded is bounded by `bytes_max`.
// While the run lasts its texts may hold secrets; `redact` takes them out of all of them at its
// end, when every secret is known, so nothing is shown before. Not thread-safe.
class Trace {
 public:
  explicit Trace(Instant started = Clock::now(), std::size_t bytes_max = 64 * 1024);

  Instant started() const { return started_; }

  // The step that the run is at; a deadline is charged to it.
  void at(Step step) { step_ = step; }
  Step step() const { return step_; }

  // Ends the running fine phase and enters another.
  void enter(Phase phase, Instant now = Clock::now());
  // Ends the running fine phase.
  void leave(Instant now = Clock::now());
  // Enters or ends an enclosing phase; they nest, and ending one ends the fine one in it.
  void open(Phase phase, Instant now = Clock::now());
  void close(Phase phase, Instant now = Clock::now());
  // Ends whatever still lasts.
  void finish(Instant now = Clock::now());
  // The innermost phase that lasts; nothing between phases.
  std::optional<Phase> phase() const;

  // A secret: no 8 bytes of it will be shown, in no encoding (see Secrets), whether they were
  // recorded before or after. Besides, each exchange hides the credentials and cookies in its
  // headers, and one of a login what its answer names as a token or a password.
  void hide(std::string_view text);
  // A text that is no secret though a secret may begin like it, such as an address of the target.
  void spare(std::string_view text) { secrets_.spare(text); }
  // A text for somebody who is not to see a secret: without what is hidden so far, what looks like
  // a JWT, and JSON values whose name says that they are tokens, passwords or secrets.
  std::string scrub(std::string_view text) const;
  // Hides what `other` hides.
  void hide_too(const Trace& other) { secrets_.hide(other.secrets_); }
  // Ends the record: takes every secret out of all its texts and of the verdict's `detail`, cuts
  // them to size, and forgets the secrets. Once, when the run has ended and before anything of it
  // is shown.
  void redact(std::string& detail);

  // Records an exchange; sensitive headers are never shown whatever they hold. The reference holds
  // until the next call.
  Exchange& exchange(Exchange exchange);
  // `kind` outlives the trace.
  void frame(Direction direction, std::string_view kind, std::string_view payload, Instant now,
             bool binary = false);
  // From now on `seen` is shown every frame that is recorded, whole and as it came.
  using Seen = std::function<void(Direction, std::string_view payload)>;
  void watch(Seen seen) { seen_ = std::move(seen); }
  // Takes over what another session of this run did: its secrets, exchanges, frames, which are
  // marked with the session's name, TLS facts and phases.
  void absorb(Trace&& other, std::string_view session);
  // Says why the last recorded frame was the wrong one.
  void remark(std::string_view why);
  void event(EventNote note) { events_.push_back(std::move(note)); }
  void tls(TlsFacts facts);
  void peer(std::string address) { peer_ = std::move(address); }
  void ended(Ending ending);

  // An empty trace for an experiment: it hides what this one hides.
  Trace aside() const;
  // Records an experiment with the exchanges of its trace; what that one hid is hidden here too.
  void experiment(ExperimentNote note, const Trace& aside);

  // The auth rates: an attempt that was begun and has not succeeded when the run ends failed.
  void auth_begun(Step step);
  void auth_succeeded(Step step);

  // What the experiments separated, in a line; empty: none was made.
  std::string separated;

  // What came of each refusal check.
  std::vector<RefusalNote> refusals;

  // The three separate answers of a chat; empty: the run did not come so far.
  std::optional<bool> reachable, delivered, substantive;
  // The send completed; events are measured from here.
  std::optional<Instant> sent;
  // How long the run stood in line for other runs of ours. What several sessions of a run waited
  // for one another is not among it.
  Span waited{};
  // Skew of the server's Date header against the local wall clock; positive: the server is ahead.
  std::optional<Span> skew;

  struct AuthNote {
    Step step;
    bool succeeded = false;
  };
  // How often an event of the dialect was asked of this run and what came of it.
  struct Delivery {
    std::string event;
    std::uint32_t expected = 0, delivered = 0, duplicated = 0, late = 0, out_of_order = 0,
                  foreign = 0;
  };
  std::vector<Delivery> deliveries;
  // Seconds from the completed send; empty where it did not come so far.
  std::optional<Span> first_event, terminal_event, longest_silence;

  const std::vector<PhaseSpan>& phases() const { return phases_; }
  const std::vector<Exchange>& exchanges() const { return exchanges_; }
  const std::vector<FrameNote>& frames() const { return frames_; }
  const std::vector<EventNote>& events() const { return events_; }
  const std::vector<ExperimentNote>& experiments() const { return experiments_; }
  const std::vector<TlsFacts>& tls_facts() const { return tls_; }
  const std::vector<AuthNote>& auth() const { return auth_; }
  const std::string& peer() const { return peer_; }
  const Ending& ending() const { return ending_; }

 private:
  std::string keep(std::string_view text, std::size_t bytes_max);
  void keep_headers(Headers& headers);
  void hide_issued(std::string_view value);
  void redact(std::string& text, std::size_t bytes_max);
  void redact(Exchange& exchange);

  Instant started_;
  std::size_t bytes_max_, bytes_left_;
  Step step_ = Step::health;
  std::vector<std::size_t> open_;    // indices of the enclosing phases that last, outermost first
  std::optional<std::size_t> fine_;  // index of the fine phase that lasts
  std::vector<PhaseSpan> phases_;
  Secrets secrets_;
  Seen seen_;
  std::vector<Exchange> exchanges_;
  std::vector<FrameNote> frames_;
  std::vector<EventNote> events_;
  std::vector<ExperimentNote> experiments_;
  std::vector<TlsFacts> tls_;
  std::vector<AuthNote> auth_;
  std::string peer_;
  Ending ending_;
};

}  // namespace sonde
