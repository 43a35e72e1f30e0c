#pragma once
#include <string>

#include "daemon/report/style.hpp"
#include "probes/core/trace.hpp"

namespace sonde::report {

// How much of the exchanges and frames is shown.
struct Detail {
  bool headers = true;
  std::size_t body_runes = 600;
  std::size_t frames = 60;  // the first and the last ones, with the number of omitted ones between
};

// TLS sessions and peer, then every exchange: "POST https://... -> 200, 182 B", followed by its
// headers (> sent, < received) and the start of the body.
std::string exchanges_text(const Trace& trace, const Detail& detail, const TextStyle& style);

// The control experiments after the run with their questions and answers, and one line with what
// they found; empty if there were none.
std::string experiments_text(const Trace& trace, const TextStyle& style);

// "frames: 1 sent, 6 received", followed by each frame with its time since the start of the run.
std::string frames_text(const Trace& trace, const Detail& detail, const TextStyle& style);

// One frame as in frames_text, without indent and line end.
std::string frame_text(const FrameNote& frame, Instant started, const TextStyle& style);

// "TLSv1.3 TLS_AES_256_GCM_SHA384 h.example.com:443, CN=... by CN=..., valid until 2026-01-02"
std::string tls_text(const TlsFacts& facts, const TextStyle& style);

}  // namespace sonde::report
