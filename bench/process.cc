#include "bench/process.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <iterator>
#include <map>
#include <stdexcept>

#include "bench/database.h"
#include "bench/measure.h"

namespace virtsql::bench {
namespace {

pid_t start(const Launch& launch) {
  std::vector<char*> arguments;
  for (const std::string& argument : launch.arguments) arguments.push_back(const_cast<char*>(argument.c_str()));
  arguments.push_back(nullptr);
  posix_spawn_file_actions_t files;
  posix_spawn_file_actions_init(&files);
  posix_spawn_file_actions_addopen(&files, 0, launch.input.c_str(), O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&files, 1, launch.output.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
  pid_t pid = 0;
  const int error = posix_spawnp(&pid, arguments[0], &files, nullptr, arguments.data(), environ);
  posix_spawn_file_actions_destroy(&files);
  if (error != 0) throw std::runtime_error(launch.arguments[0] + " does not start");
  return pid;
}

}  // namespace

Ended run(const Launch& launch) {
  Ended ended;
  rusage usage{};
  ended.seconds = seconds_of([&] {
    if (wait4(start(launch), &ended.status, 0, &usage) < 0) throw std::runtime_error("wait4 failed");
  });
  const auto seconds_of = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  ended.cpu_seconds = seconds_of(usage.ru_utime) + seconds_of(usage.ru_stime);
  ended.peak_mib = static_cast<double>(usage.ru_maxrss) / 1024;
  return ended;
}

double run_ms(const Launch& launch) {
  const Ended ended = run(launch);
  if (ended.status != 0) throw std::runtime_error(launch.arguments[0] + " failed");
  return ended.seconds * 1e3;
}

std::vector<double> run_at_once(const Launch& launch, std::size_t count) {
  std::map<pid_t, Clock::time_point> running;
  std::vector<double> times;
  for (std::size_t i = 0; i < count; ++i) {
    const auto begin = Clock::now();
    running.emplace(start(launch), begin);
  }
  while (!running.empty()) {
    int status = 0;
    const pid_t pid = wait(&status);
    const auto found = running.find(pid);
    if (found == running.end() || status != 0) throw std::runtime_error(launch.arguments[0] + " failed");
    times.push_back(seconds_since(found->second) * 1e3);
    running.erase(found);
  }
  return times;
}

std::string printed_by(std::vector<std::string> arguments) {
  const Folder folder;
  Launch launch{std::move(arguments)};
  launch.output = folder.path / "output";
  (void)run_ms(launch);
  std::ifstream file(launch.output);
  return {std::istreambuf_iterator<char>(file), {}};
}

double peak_mib() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / 1024;
}

}  // namespace virtsql::bench
