#pragma once
#include <cstddef>
#include <functional>
#include <list>
#include <memory>
#include <string>

namespace sonde::web {

// The clients of one listener, by what they keep it waiting for. A client that asks is not turned
// away for those that do not: when there is no room, one is cut of those that are most, be they
// idle ones, ones that await the same answer or ones that read slowly: the one that has been so for
// the longest time. On one thread.
class Clients {
 public:
  struct Client {
    std::function<void()> cut;                // ends the connection; called at most once
    std::shared_ptr<const std::string> page;  // the answer that is being sent
    std::list<Client>* of = nullptr;          // where it is listed
  };
  using Place = std::list<Client>::iterator;

  // A client that has connected; it owes a request.
  Place add(std::function<void()> cut);
  void remove(Place client);

  // The client owes its next request, is being answered, or reads `page`.
  // At most eight different large pages are held: then the readers of the oldest one are cut.
  void waits(Place client);
  void is_answered(Place client);
  void reads(Place client, std::shared_ptr<const std::string> page);

  std::size_t size() const { return waiting_.size() + answered_.size() + reading_.size(); }
  // Cuts one; false: there is none.
  bool make_room();
  void cut_all();

 private:
  static void move(Place client, std::list<Client>& to);
  void cut(Place client);
  void bound_pages();

  std::list<Client> waiting_, answered_, reading_;  // each from the longest time to the shortest
  std::list<Client> cut_;                           // until their sessions have ended
};

}  // namespace sonde::web
