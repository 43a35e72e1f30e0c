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

// A phase of a run. `login`, `discover`, `upgrade`, `refuse` and `isolation` enclose the finer
// phases of their exchanges.
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
  diagnose  // after the run; not part of its duration
};
std::string_view name(Phase phase);
std::optional<Phase> phase_named(std::string_view name);

// A phase that was entered. `took` is empty until it ends.
struct PhaseSpan {
  Phase phase;
  Step step;
  Instant entered;
  std::optional<Span> took;
};

// Facts about a TLS session, also of one that failed verification.
struct TlsFacts {
  std::string version;  // "TLSv1.3"
  std::string cipher;
  std::string alpn;     // empty: none chosen
  std::string subject;  // of the leaf certificate
  std::string issuer;
  std::int64_t not_before = 0;  // Unix seconds; the latest of the chain
  std::int64_t not_after = 0;   // the earliest of the chain
  std::string host_port;        // the server of the certificate: "host:443"
};

using Headers = std::vector<std::pair<std::string, std::string>>;

// One HTTP exchange: request line and headers as sent; status, headers and start of the body as
// received (status 0: no answer).
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
  std::string experiment;  // the experiment that made it; empty: the run itself
};

enum class Direction : std::uint8_t { in, out };

// A frame with the start of its text; binary frames as hex.
struct FrameNote {
  Direction direction;
  std::string_view kind;  // text, binary, ping, pong, close; a string literal
  std::string text;
  std::size_t bytes = 0;
  Instant at;
  std::string remark;   // why it was wrong; empty: nothing was wrong
  std::string session;  // the session, in a run with several at once
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
std::optional<EventState> event_state_named(std::string_view name);

// An event of the dialect, by its canonical name. `at` is measured from the completed send.
struct EventNote {
  std::string name;
  EventState state;
  Span at{};
};

// A control experiment, made after the run failed to separate the possible causes.
struct ExperimentNote {
  std::string name;      // "random_path"
  std::string question;  // "the same token at a path that does not exist"
  std::string answer;    // "HTTP 404 Not Found"
  Instant at;
  Span took{};
};

// The outcome of a refusal check. A check that was not performed proves nothing; `why` gives the
// cause.
struct RefusalNote {
  std::string check;  // "no_token"
  enum class State : std::uint8_t { refused, failed, unclear, not_performed } state;
  std::string why;  // empty: refused
};
std::string_view name(RefusalNote::State state);
std::optional<RefusalNote::State> refusal_state_named(std::string_view name);

// Who ended a connection.
enum class EndedBy : std::uint8_t { nobody, close_frame, fin, rst, deadline, us };
std::string_view name(EndedBy by);
std::optional<EndedBy> ended_by_named(std::string_view name);

struct Ending {
  EndedBy by = EndedBy::nobody;
  int code = 0;        // of the close frame; 0: none
  std::string reason;  // of the close frame; for a FIN or RST "within a frame", or empty
};

// Everything that one run did, in order. The caller of an attempt owns it, so a deadline that
// cancels the attempt loses nothing. The recorded data is limited to `bytes_max`. During the run
// its texts may contain secrets; `redact` removes them at the end, when every secret is known, so
// nothing may be shown before that. Not thread-safe.
class Trace {
 public:
  explicit Trace(Instant started = Clock::now(), std::size_t bytes_max = 64 * 1024);

  // What a finished trace holds, and the trace of it: of a run that was recorded earlier.
  struct Record {
    std::vector<PhaseSpan> phases;
    std::vector<Exchange> exchanges;
    std::vector<FrameNote> frames;
    std::vector<EventNote> events;
    std::vector<ExperimentNote> experiments;
    std::vector<TlsFacts> tls;
    std::string peer;
    Ending ending;
  };
  static Trace of(Instant started, Record record);

  Instant started() const { return started_; }

  // Names the run (see run_id.hpp): the name goes with each request whose exchange is recorded
  // here, and with every trace made by aside(). Empty: requests carry no name.
  void of_run(std::string id) { run_id_ = std::move(id); }
  const std::string& run_id() const { return run_id_; }

  // Sets the step of the run; a deadline is attributed to it.
  void at(Step step) { step_ = step; }
  Step step() const { return step_; }

  // Ends the current fine phase and enters another.
  void enter(Phase phase, Instant now = Clock::now());
  // Ends the current fine phase.
  void leave(Instant now = Clock::now());
  // Enters or ends an enclosing phase. They nest; ending one also ends the fine phase within it.
  void open(Phase phase, Instant now = Clock::now());
  void close(Phase phase, Instant now = Clock::now());
  // Ends all phases that have not ended.
  void finish(Instant now = Clock::now());
  // The innermost phase that has not ended; nullopt between phases.
  std::optional<Phase> phase() const;

  // Adds a secret: no 8 bytes of it are shown, in any encoding (see Secrets), whether recorded
  // before or after. In addition each exchange hides the credentials and cookies in its headers,
  // and an exchange of a login hides the values that its answer names as tokens or passwords.
  void hide(std::string_view text);
  // A text that is not secret although a secret may begin with it, such as an address of the
  // target.
  void spare(std::string_view text) { secrets_.spare(text); }
  // Returns the text for a recipient that must not see secrets: without what is hidden so far,
  // anything that looks like a JWT, and JSON values named like tokens, passwords or secrets.
  std::string scrub(std::string_view text) const;
  // Hides everything that `other` hides.
  void hide_too(const Trace& other) { secrets_.hide(other.secrets_); }
  // Completes the record: removes every secret from all its texts and from the verdict's `detail`,
  // limits their size, and forgets the secrets. Call it once, when the run has ended and before
  // anything of it is shown.
  void redact(std::string& detail);

  // Records an exchange; the values of sensitive headers are never shown. The reference is valid
  // until the next call.
  Exchange& exchange(Exchange exchange);
  // A request that is being sent: should nobody wait for its end, it is recorded without an answer.
  void asks(Exchange request) { asked_ = std::move(request); }
  // `kind` has to outlive the trace.
  void frame(Direction direction, std::string_view kind, std::string_view payload, Instant now,
             bool binary = false);
  // From now on `seen` is called with every recorded frame, complete and unmodified, and `answered`
  // with the JSON of each message that the session waited for; see answered().
  using Seen = std::function<void(Direction, std::string_view payload)>;
  using Answered = std::function<void(std::string_view json)>;
  void watch(Seen seen, Answered answered) {
    seen_ = std::move(seen);
    answered_ = std::move(answered);
  }
  bool is_watched() const { return answered_ != nullptr; }
  // The session waited for this message: it answers a step, or says that the session is ready.
  void answered(std::string_view json) {
    if (answered_) answered_(json);
  }
  // Takes over what another session of this run did: its secrets, exchanges, TLS facts and phases,
  // and its frames, which are marked with the session's name.
  void absorb(Trace&& other, std::string_view session);
  // The same of what this run did in its own name and may not wait for: a phase that has not ended
  // goes on here.
  void absorb_open(Trace&& other);
  // Records why the last frame was wrong.
  void remark(std::string_view why);
  void event(EventNote note) { events_.push_back(std::move(note)); }
  void tls(TlsFacts facts);
  void peer(std::string address) { peer_ = std::move(address); }
  void ended(Ending ending);

  // Returns an empty trace of the same run for requests beside it, which hides what this one hides.
  Trace aside() const;
  // Records an experiment with the exchanges of its trace, and hides what that trace hides.
  void experiment(ExperimentNote note, const Trace& aside);

  // For the auth rates: an attempt that has begun and not succeeded by the end of the run has
  // failed.
  void auth_begun(Step step);
  void auth_succeeded(Step step);

  // What the experiments found, in one line; empty: there were none.
  std::string separated;

  // The outcome of each refusal check.
  std::vector<RefusalNote> refusals;

  // Why nothing shows yet that the login of this run was accepted; empty: it is proven, or there
  // was none. A run that passes otherwise is login_unproven then.
  std::string unproven_login;

  // The three separate results of a chat; empty: the run did not get that far.
  std::optional<bool> reachable, delivered, substantive;
  // When the send completed; event times are measured from here.
  std::optional<Instant> sent;
  // How long the run waited for other runs of ours. Does not include waits between the sessions of
  // this run.
  Span waited{};
  // Skew of the server's Date header against the local wall clock; positive: the server is ahead.
  std::optional<Span> skew;

  struct AuthNote {
    Step step;
    bool succeeded = false;
  };
  // How often an event of the dialect was expected in this run, and how it arrived.
  struct Delivery {
    std::string event;
    std::uint32_t expected = 0, delivered = 0, duplicated = 0, late = 0, out_of_order = 0,
                  foreign = 0;
  };
  std::vector<Delivery> deliveries;
  // Measured from the completed send; empty if the run did not get that far.
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
  std::string run_id_;
  std::size_t bytes_max_, bytes_left_;
  Step step_ = Step::health;
  // indices of the enclosing phases that have not ended, outermost first
  std::vector<std::size_t> open_;
  std::optional<std::size_t> fine_;  // index of the fine phase that has not ended
  std::vector<PhaseSpan> phases_;
  Secrets secrets_;
  Seen seen_;
  Answered answered_;
  std::vector<Exchange> exchanges_;
  std::optional<Exchange> asked_;
  std::vector<FrameNote> frames_;
  std::vector<EventNote> events_;
  std::vector<ExperimentNote> experiments_;
  std::vector<TlsFacts> tls_;
  std::vector<AuthNote> auth_;
  std::string peer_;
  Ending ending_;
};

}  // namespace sonde
