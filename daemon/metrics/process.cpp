#include "daemon/metrics/process.hpp"

#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

namespace sonde::metrics {
namespace {

double now_on(clockid_t clock) {
  timespec now{};
  ::clock_gettime(clock, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

// Unix time. /proc/stat has it too, but ProcSubset=pid hides that file.
double boot_seconds() { return now_on(CLOCK_REALTIME) - now_on(CLOCK_BOOTTIME); }

// Fields of proc(5) after the command name, which may itself contain spaces and parentheses.
std::optional<std::istringstream> stat_after_name() {
  std::ifstream file("/proc/self/stat");
  std::string line;
  if (!std::getline(file, line)) return std::nullopt;
  const std::size_t end = line.rfind(')');
  if (end == std::string::npos) return std::nullopt;
  return std::istringstream(line.substr(end + 1));
}

std::uint64_t count_fds() {
  std::error_code error;
  std::filesystem::directory_iterator fds("/proc/self/fd", error);
  std::uint64_t count = 0;
  for (; !error && fds != std::filesystem::directory_iterator(); fds.increment(error)) ++count;
  return count > 0 ? count - 1 : 0;  // one of them is for reading the folder
}

std::uint64_t max_fds() {
  rlimit limit{};
  return ::getrlimit(RLIMIT_NOFILE, &limit) == 0 ? limit.rlim_cur : 0;
}

}  // namespace

std::optional<ProcessFacts> read_process() {
  auto stat = stat_after_name();
  if (!stat) return std::nullopt;
  const auto ticks = static_cast<double>(::sysconf(_SC_CLK_TCK));
  std::string skipped;
  double user = 0, system = 0, started = 0;
  std::uint64_t pages = 0;
  ProcessFacts facts;
  for (int field = 3; field < 14; ++field) *stat >> skipped;
  *stat >> user >> system;
  for (int field = 16; field < 20; ++field) *stat >> skipped;
  *stat >> facts.threads >> skipped >> started >> facts.virtual_bytes >> pages;
  if (!*stat) return std::nullopt;
  facts.cpu_seconds = (user + system) / ticks;
  // Computed once: the two clocks are read one after the other, and a changing start would look
  // like a restart.
  static const double start_seconds = boot_seconds() + started / ticks;
  facts.start_seconds = start_seconds;
  facts.resident_bytes = pages * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
  facts.open_fds = count_fds();
  facts.max_fds = max_fds();
  return facts;
}

}  // namespace sonde::metrics
