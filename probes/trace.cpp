#include "probes/trace.hpp"

#include <algorithm>
#include <array>

#include "probes/scrub.hpp"

namespace sonde {
namespace {

constexpr std::size_t frame_bytes_max = 4096;
constexpr std::size_t body_bytes_max = 4096;
constexpr std::size_t header_bytes_max = 1024;
constexpr std::size_t headers_max = 64;
constexpr std::size_t phases_usual = 8;
constexpr std::size_t aside_bytes_max = 16 * 1024;
constexpr std::size_t frame_cost = 32;  // of the bytes of a record, also without a payload

constexpr std::string_view phase_names[] = {
    "resolve", "connect", "proxy",     "tls",     "request", "first_byte",
    "body",    "login",   "discover",  "upgrade", "ready",   "events",
    "refuse",  "hold",    "isolation", "close",   "diagnose"};
constexpr std::string_view state_names[] = {"received",     "missing", "duplicate",     "late",
                                            "out_of_order", "foreign", "after_terminal"};
constexpr std::string_view refusal_names[] = {"refused", "failed", "unclear", "not_performed"};
constexpr std::string_view ended_names[] = {"nobody", "close_frame", "fin",
                                            "rst",    "deadline",    "us"};

std::string as_hex(std::string_view bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  text.reserve(2 * bytes.size());
  for (char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    text += digits[byte >> 4];
    text += digits[byte & 15];
  }
  return text;
}

}  // namespace

std::string_view name(Phase phase) { return phase_names[static_cast<std::size_t>(phase)]; }
std::string_view name(EventState state) { return state_names[static_cast<std::size_t>(state)]; }
std::string_view name(RefusalNote::State state) {
  return refusal_names[static_cast<std::size_t>(state)];
}
std::string_view name(EndedBy by) { return ended_names[static_cast<std::size_t>(by)]; }

Trace::Trace(Instant started, std::size_t bytes_max) : started_(started), bytes_left_(bytes_max) {
  if (bytes_max > 0) phases_.reserve(phases_usual);
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

void Trace::hide(std::string_view text, std::span<const Form> forms) {
  if (secrets_.hide(text, forms)) redact_records();
}

void Trace::redact_records() {
  for (auto& exchange : exchanges_) {
    secrets_.redact(exchange.url);
    secrets_.redact(exchange.sent_body);
    secrets_.redact(exchange.body);
    for (auto* headers : {&exchange.sent, &exchange.received})
      for (auto& [name, value] : *headers) secrets_.redact(value);
  }
  for (auto& frame : frames_) {
    secrets_.redact(frame.text);
    secrets_.redact(frame.remark);
  }
  secrets_.redact(ending_.reason);
}

void Trace::clean(std::string& text) const {
  secrets_.redact(text);
  sonde::scrub(text);
}

std::string Trace::scrub(std::string_view text) const {
  std::string shown(text);
  clean(shown);
  return shown;
}

// A secret that the cut would halve must be seen whole first, so more is scrubbed than is kept.
std::string Trace::keep(std::string_view text, std::size_t bytes_max) {
  std::string kept = scrub(text.substr(0, bytes_max + secrets_.bytes_max()));
  kept.resize(std::min({kept.size(), bytes_max, bytes_left_}));
  if (kept.capacity() > 2 * kept.size()) kept.shrink_to_fit();  // a token is gone from it
  bytes_left_ -= kept.size();
  return kept;
}

void Trace::scrub_headers(Headers& headers) const {
  for (auto& [name, value] : headers) {
    if (is_sensitive_header(name))
      value = scrub_header(value);
    else
      clean(value);
  }
}

Exchange& Trace::exchange(Exchange exchange) {
  exchange.url = keep(exchange.url, header_bytes_max);
  exchange.sent_body = keep(exchange.sent_body, body_bytes_max);
  exchange.body = keep(exchange.body, body_bytes_max);
  for (Headers* headers : {&exchange.sent, &exchange.received}) {
    headers->resize(std::min(headers->size(), headers_max));
    scrub_headers(*headers);
    for (auto& [name, value] : *headers) {
      value.resize(std::min({value.size(), header_bytes_max, bytes_left_}));
      bytes_left_ -= value.size();
    }
  }
  exchanges_.push_back(std::move(exchange));
  return exchanges_.back();
}

void Trace::frame(Direction direction, std::string_view kind, std::string_view payload, Instant now,
                  bool binary) {
  if (seen_) seen_(direction, payload);
  if (bytes_left_ < frame_cost) return;
  bytes_left_ -= frame_cost;
  std::string text = binary ? keep(as_hex(payload.substr(0, frame_bytes_max / 2)), frame_bytes_max)
                            : keep(payload, frame_bytes_max);
  frames_.push_back({direction, kind, std::move(text), payload.size(), now, "", ""});
}

void Trace::absorb(Trace&& other, std::string_view session) {
  other.finish();
  if (secrets_.hide(other.secrets_)) redact_records();
  for (auto& exchange : other.exchanges_) this->exchange(std::move(exchange));
  for (auto& frame : other.frames_) {
    if (bytes_left_ < frame_cost) break;
    bytes_left_ -= frame_cost;
    frame.text = keep(frame.text, frame_bytes_max);
    frame.remark = scrub(frame.remark);
    frame.session = session;
    frames_.push_back(std::move(frame));
  }
  std::ranges::move(other.tls_, std::back_inserter(tls_));
  std::ranges::move(other.phases_, std::back_inserter(phases_));
  if (peer_.empty()) peer_ = std::move(other.peer_);
  if (!skew) skew = other.skew;
}

void Trace::remark(std::string_view why) {
  if (!frames_.empty() && frames_.back().remark.empty()) frames_.back().remark = scrub(why);
}

void Trace::tls(TlsFacts facts) { tls_.push_back(std::move(facts)); }

void Trace::ended(Ending ending) {
  ending.reason = keep(ending.reason, header_bytes_max);
  ending_ = std::move(ending);
}

Trace Trace::aside() const {
  Trace other(Clock::now(), aside_bytes_max);
  other.secrets_ = secrets_;
  return other;
}

void Trace::experiment(ExperimentNote note, const Trace& aside) {
  if (secrets_.hide(aside.secrets_)) redact_records();
  note.answer = scrub(note.answer);
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
