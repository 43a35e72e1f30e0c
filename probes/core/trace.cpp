#include "probes/core/trace.hpp"

#include <algorithm>
#include <array>

#include "probes/core/scrub.hpp"
#include "probes/text/ascii.hpp"
#include "probes/text/encode.hpp"
#include "probes/text/utf8.hpp"

namespace sonde {
namespace {

constexpr std::size_t frame_bytes_max = 4096;
constexpr std::size_t body_bytes_max = 4096;
constexpr std::size_t header_bytes_max = 1024;
constexpr std::size_t headers_max = 64;
constexpr std::size_t remark_bytes_max = 2048;
constexpr std::size_t detail_bytes_max = 2048;
constexpr std::size_t detail_read_max = 64 * 1024;
constexpr std::size_t issued_min = 8;
// More than is shown is kept until secrets are removed, so that a secret at the cut is recognized
// in any encoding; 8 characters as escapes of two levels.
constexpr std::size_t beyond = 128;
constexpr std::size_t phases_usual = 8;
constexpr std::size_t aside_bytes_max = 16 * 1024;
constexpr std::size_t frame_cost = 32;  // bytes counted for a record, even without a payload

constexpr std::string_view phase_names[] = {
    "resolve", "connect", "proxy",     "tls",     "request", "first_byte",
    "body",    "login",   "discover",  "upgrade", "ready",   "events",
    "refuse",  "hold",    "isolation", "close",   "diagnose"};
constexpr std::string_view state_names[] = {"received",     "missing", "duplicate",     "late",
                                            "out_of_order", "foreign", "after_terminal"};
constexpr std::string_view refusal_names[] = {"refused", "failed", "unclear", "not_performed"};
constexpr std::string_view ended_names[] = {"nobody", "close_frame", "fin",
                                            "rst",    "deadline",    "us"};

// Excludes the URL of a token endpoint, a word such as "client_secret_basic", and sentences about a
// token.
bool may_be_issued(std::string_view value) {
  const auto is_of_words = [](char c) { return text::is_lower(c) || c == '_'; };
  return !value.contains("://") && !value.contains(' ') && !std::ranges::all_of(value, is_of_words);
}

}  // namespace

std::string_view name(Phase phase) { return phase_names[static_cast<std::size_t>(phase)]; }
std::string_view name(EventState state) { return state_names[static_cast<std::size_t>(state)]; }
std::string_view name(RefusalNote::State state) {
  return refusal_names[static_cast<std::size_t>(state)];
}
std::string_view name(EndedBy by) { return ended_names[static_cast<std::size_t>(by)]; }

namespace {

template <class Named, std::size_t count>
std::optional<Named> find_name(const std::string_view (&names)[count], std::string_view name) {
  const auto found = std::ranges::find(names, name);
  if (found == std::end(names)) return std::nullopt;
  return static_cast<Named>(found - std::begin(names));
}

}  // namespace

std::optional<Phase> phase_named(std::string_view name) {
  return find_name<Phase>(phase_names, name);
}
std::optional<EventState> event_state_named(std::string_view name) {
  return find_name<EventState>(state_names, name);
}
std::optional<RefusalNote::State> refusal_state_named(std::string_view name) {
  return find_name<RefusalNote::State>(refusal_names, name);
}
std::optional<EndedBy> ended_by_named(std::string_view name) {
  return find_name<EndedBy>(ended_names, name);
}

Trace::Trace(Instant started, std::size_t bytes_max)
    : started_(started), bytes_max_(bytes_max), bytes_left_(bytes_max) {
  if (bytes_max > 0) phases_.reserve(phases_usual);
}

Trace Trace::of(Instant started, Record record) {
  Trace trace(started, 0);
  trace.phases_ = std::move(record.phases);
  trace.exchanges_ = std::move(record.exchanges);
  trace.frames_ = std::move(record.frames);
  trace.events_ = std::move(record.events);
  trace.experiments_ = std::move(record.experiments);
  trace.tls_ = std::move(record.tls);
  trace.peer_ = std::move(record.peer);
  trace.ending_ = std::move(record.ending);
  return trace;
}

void Trace::enter(Phase phase, Instant now) {
  leave(now);
  fine_ = phases_.size();
  phases_.push_back({phase, step_, now, std::nullopt});
}

void Trace::leave(Instant now) {
  if (!fine_) return;
  phases_[*fine_].took = now - phases_[*fine_].entered;
  fine_.reset();
}

void Trace::open(Phase phase, Instant now) {
  leave(now);
  open_.push_back(phases_.size());
  phases_.push_back({phase, step_, now, std::nullopt});
}

void Trace::close(Phase phase, Instant now) {
  leave(now);
  while (!open_.empty()) {
    PhaseSpan& span = phases_[open_.back()];
    open_.pop_back();
    span.took = now - span.entered;
    if (span.phase == phase) return;
  }
}

void Trace::finish(Instant now) {
  leave(now);
  for (std::size_t index : open_) phases_[index].took = now - phases_[index].entered;
  open_.clear();
}

std::optional<Phase> Trace::phase() const {
  if (fine_) return phases_[*fine_].phase;
  if (!open_.empty()) return phases_[open_.back()].phase;
  return std::nullopt;
}

void Trace::hide(std::string_view text) { secrets_.hide(text); }

std::string Trace::scrub(std::string_view text) const {
  std::string shown(text);
  secrets_.redact(shown);
  sonde::scrub(shown);
  return shown;
}

void Trace::redact(std::string& text, std::size_t bytes_max) {
  secrets_.redact(text);
  text.resize(std::min({text.size(), bytes_max, bytes_left_}));
  bytes_left_ -= text.size();
}

void Trace::redact(Exchange& exchange) {
  redact(exchange.url, header_bytes_max);
  redact(exchange.sent_body, body_bytes_max);
  redact(exchange.body, body_bytes_max);
  redact(exchange.peer, header_bytes_max);
  for (Headers* headers : {&exchange.sent, &exchange.received})
    for (auto& [name, value] : *headers) {
      redact(name, header_bytes_max);
      redact(value, header_bytes_max);
    }
}

// Short texts first, so that they fit in the limit however long the others are.
void Trace::redact(std::string& detail) {
  detail = text::shorten(scrub(text::shorten(detail, detail_read_max)), detail_bytes_max);
  bytes_left_ = bytes_max_;
  redact(peer_, header_bytes_max);
  redact(ending_.reason, header_bytes_max);
  redact(separated, remark_bytes_max);
  for (TlsFacts& facts : tls_)
    for (std::string* text : {&facts.subject, &facts.issuer, &facts.alpn, &facts.host_port})
      redact(*text, header_bytes_max);
  for (ExperimentNote& experiment : experiments_) redact(experiment.answer, remark_bytes_max);
  for (EventNote& event : events_) redact(event.name, header_bytes_max);
  for (Exchange& exchange : exchanges_) redact(exchange);
  for (FrameNote& frame : frames_) {
    redact(frame.text, frame_bytes_max);
    redact(frame.remark, remark_bytes_max);
  }
  secrets_ = Secrets();
}

std::string Trace::keep(std::string_view text, std::size_t bytes_max) {
  if (bytes_left_ == 0) return "";
  std::string kept(text.substr(0, bytes_max + beyond));
  std::vector<std::string> named;
  sonde::scrub(kept, kept.size() < text.size(), &named);
  for (const std::string& value : named)
    if (may_be_issued(value)) hide_issued(value);
  if (kept.size() > bytes_left_ + beyond) kept.resize(bytes_left_ + beyond);
  if (kept.capacity() > 2 * kept.size()) kept.shrink_to_fit();  // a token was removed from it
  bytes_left_ -= std::min({kept.size(), bytes_max, bytes_left_});
  return kept;
}

// Shorter values, such as "en", are not secret and occur in most texts.
void Trace::hide_issued(std::string_view value) {
  if (value.size() >= issued_min && value != redacted) secrets_.hide(value);
}

void Trace::keep_headers(Headers& headers) {
  headers.resize(std::min(headers.size(), headers_max));
  for (auto& [name, value] : headers) {
    if (is_sensitive_header(name)) {
      for (const std::string_view secret : credentials_in(name, value)) hide_issued(secret);
      value = scrub_header(value);
    }
    name.resize(std::min({name.size(), header_bytes_max + beyond, bytes_left_ + beyond}));
    bytes_left_ -= std::min(name.size(), bytes_left_);
    value = keep(value, header_bytes_max);
  }
}

Exchange& Trace::exchange(Exchange exchange) {
  asked_.reset();
  exchange.url = keep(exchange.url, header_bytes_max);
  exchange.sent_body = keep(exchange.sent_body, body_bytes_max);
  exchange.body = keep(exchange.body, body_bytes_max);
  keep_headers(exchange.sent);
  keep_headers(exchange.received);
  exchanges_.push_back(std::move(exchange));
  return exchanges_.back();
}

void Trace::frame(Direction direction, std::string_view kind, std::string_view payload, Instant now,
                  bool binary) {
  if (seen_) seen_(direction, payload);
  if (bytes_left_ < frame_cost) return;
  bytes_left_ -= frame_cost;
  std::string text = binary ? keep(text::hex(payload.substr(0, frame_bytes_max)), frame_bytes_max)
                            : keep(payload, frame_bytes_max);
  frames_.push_back({direction, kind, std::move(text), payload.size(), now, "", ""});
}

void Trace::absorb(Trace&& other, std::string_view session) {
  other.finish();
  secrets_.hide(other.secrets_);
  for (auto& exchange : other.exchanges_) this->exchange(std::move(exchange));
  if (other.asked_) exchange(*std::move(other.asked_));
  for (auto& frame : other.frames_) {
    if (bytes_left_ < frame_cost) break;
    bytes_left_ -= frame_cost;
    frame.text = keep(frame.text, frame_bytes_max);
    frame.session = session;
    frames_.push_back(std::move(frame));
  }
  std::ranges::move(other.tls_, std::back_inserter(tls_));
  std::ranges::move(other.phases_, std::back_inserter(phases_));
  if (peer_.empty()) peer_ = std::move(other.peer_);
  if (!skew) skew = other.skew;
  if (unproven_login.empty()) unproven_login = std::move(other.unproven_login);
}

void Trace::absorb_open(Trace&& other) {
  std::optional<PhaseSpan> open;
  if (other.fine_) {
    open = other.phases_.at(*other.fine_);
    other.phases_.resize(*other.fine_);
    other.fine_.reset();
  }
  absorb(std::move(other), "");
  if (open) enter(open->phase, open->entered);
}

void Trace::remark(std::string_view why) {
  if (!frames_.empty() && frames_.back().remark.empty())
    frames_.back().remark = keep(why, remark_bytes_max);
}

void Trace::tls(TlsFacts facts) { tls_.push_back(std::move(facts)); }

void Trace::ended(Ending ending) {
  ending.reason = keep(ending.reason, header_bytes_max);
  ending_ = std::move(ending);
}

Trace Trace::aside() const {
  Trace other(Clock::now(), aside_bytes_max);
  other.run_id_ = run_id_;
  other.secrets_ = secrets_;
  return other;
}

void Trace::experiment(ExperimentNote note, const Trace& aside) {
  secrets_.hide(aside.secrets_);
  for (Exchange made : aside.exchanges_) {
    made.experiment = note.name;
    exchange(std::move(made));
  }
  experiments_.push_back(std::move(note));
}

void Trace::auth_begun(Step step) { auth_.push_back({step, false}); }

void Trace::auth_succeeded(Step step) {
  for (auto& note : auth_)
    if (note.step == step) note.succeeded = true;
}

}  // namespace sonde
