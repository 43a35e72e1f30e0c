#include "daemon/access/password_checker.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#include <algorithm>
#include <array>
#include <condition_variable>
#include <deque>
#include <iterator>
#include <mutex>
#include <thread>
#include <utility>

#include <boost/asio/post.hpp>

#include "daemon/access/bcrypt.hpp"
#include "daemon/system/thread.hpp"

namespace sonde::access {
namespace {

constexpr std::size_t threads = 2;
constexpr std::size_t key_bytes = 32;

std::string random_key() {
  std::string key(key_bytes, '\0');
  RAND_bytes(reinterpret_cast<unsigned char*>(key.data()), static_cast<int>(key.size()));
  return key;
}

std::string hmac(const std::string& key, std::string_view text) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
       reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data(), &size);
  return {reinterpret_cast<const char*>(digest.data()), size};
}

}  // namespace

// What the threads and the owner share. A thread that computes may outlive the owner, so it holds
// this, and reports only while the owner is there.
struct PasswordChecker::Shared {
  struct Job {
    std::string digest;
    Hidden password, hash;
    bool user_known = false;
  };

  boost::asio::any_io_executor executor;
  std::function<void(const std::string& digest, bool right)> report;  // on the executor
  // The threads wait for jobs, which come from the executor's thread: the one state of this room
  // that two threads write.
  std::mutex mutex;
  std::condition_variable changed;
  std::deque<Job> jobs;
  bool started = false, closed = false;

  static void work(const std::shared_ptr<Shared>& shared, std::size_t number);
  static void post_answer(const std::shared_ptr<Shared>& shared, std::string digest, bool right);
};

void PasswordChecker::Shared::work(const std::shared_ptr<Shared>& shared, std::size_t number) {
  system::name_thread("password-" + std::to_string(number));
  system::step_back();
  std::unique_lock lock(shared->mutex);
  for (;;) {
    shared->changed.wait(lock, [&] { return shared->closed || !shared->jobs.empty(); });
    if (shared->closed) return;
    const Job job = std::move(shared->jobs.front());
    shared->jobs.pop_front();
    lock.unlock();
    const bool same = bcrypt_matches(job.password.reveal(), job.hash.reveal());
    lock.lock();
    if (!shared->closed) post_answer(shared, job.digest, same && job.user_known);
  }
}

// Under the lock, so that the executor is there.
void PasswordChecker::Shared::post_answer(const std::shared_ptr<Shared>& shared, std::string digest,
                                          bool right) {
  boost::asio::post(shared->executor, [shared, digest = std::move(digest), right] {
    if (!shared->closed) shared->report(digest, right);
  });
}

PasswordChecker::PasswordChecker(boost::asio::any_io_executor executor)
    : key_(random_key()), shared_(std::make_shared<Shared>()) {
  shared_->executor = std::move(executor);
  shared_->report = [this](const std::string& digest, bool right) { take_answer(digest, right); };
}

PasswordChecker::~PasswordChecker() {
  const std::scoped_lock lock(shared_->mutex);
  shared_->closed = true;
  shared_->jobs.clear();
  shared_->executor = {};
  shared_->changed.notify_all();
}

// Each part with its length, so that no two questions have one text.
std::string PasswordChecker::digest(std::string_view name, std::string_view hash,
                                    std::string_view password) const {
  std::string text;
  for (const std::string_view part : {name, hash, password})
    text.append(std::to_string(part.size())).append(":").append(part);
  std::string made = hmac(key_, text);
  const Hidden wiped(std::move(text));
  return made;
}

// For an unknown name the hash of one of the users, always the same, so that the time of the answer
// does not tell which names are known.
const Hidden& PasswordChecker::hash_for(const Users& users, const std::string& name) const {
  if (const auto known = users.find(name); known != users.end()) return known->second;
  const auto chosen = static_cast<unsigned char>(hmac(key_, name).front()) % users.size();
  return std::next(users.begin(), static_cast<std::ptrdiff_t>(chosen))->second;
}

bool PasswordChecker::is_remembered(const std::string& digest) {
  const auto found = std::ranges::find(remembered_, digest);
  if (found == remembered_.end()) return false;
  remembered_.splice(remembered_.begin(), remembered_, found);
  return true;
}

void PasswordChecker::check(const Users& users, const std::string& name, const Hidden& password,
                            const std::string& client, Done done) {
  const bool known = users.contains(name);
  const Hidden& hash = hash_for(users, name);
  std::string id = (known ? "known " : "") + digest(name, hash.reveal(), password.reveal());
  if (is_remembered(id)) {
    queue_.trust(client);
    return done(Answer::right);
  }
  if (const auto same = waiting_.find(id); same != waiting_.end())
    return same->second.done.push_back(std::move(done));
  waiting_[id] = {
      .password = password, .hash = hash, .user_known = known, .done = {std::move(done)}};
  if (const auto gone = queue_.add(std::move(id), client, Clock::now())) turn_away(*gone);
  run_next();
}

void PasswordChecker::turn_away(const std::string& digest) {
  const auto waiting = std::move(waiting_.extract(digest).mapped().done);
  for (const Done& done : waiting) done(Answer::busy);
}

// A thread gets a check only when it is free, so that the order can still change.
void PasswordChecker::run_next() {
  while (running_ < threads) {
    auto id = queue_.next(Clock::now());
    if (!id) return;
    ++running_;
    const Waiting& asked = waiting_.at(*id);
    const std::scoped_lock lock(shared_->mutex);
    if (!std::exchange(shared_->started, true))
      for (std::size_t number = 0; number < threads; ++number)
        std::thread(Shared::work, shared_, number).detach();
    shared_->jobs.push_back({.digest = std::move(*id),
                             .password = asked.password,
                             .hash = asked.hash,
                             .user_known = asked.user_known});
    shared_->changed.notify_one();
  }
}

void PasswordChecker::take_answer(const std::string& digest, bool right) {
  --running_;
  queue_.finish(digest, right, Clock::now());
  const auto waiting = std::move(waiting_.extract(digest).mapped().done);
  if (right) {
    remembered_.push_front(digest);
    if (remembered_.size() > remembered_max) remembered_.pop_back();
  }
  run_next();
  for (const Done& done : waiting) done(right ? Answer::right : Answer::wrong);
}

}  // namespace sonde::access
