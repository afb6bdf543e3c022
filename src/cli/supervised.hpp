#pragma once

#include <functional>
#include <string>

namespace plumbline::cli {

// How a process ended that had not done its work.
struct sudden_end {
  std::string how;    // "it ended with SIGSEGV (Segmentation fault)"
  bool from_outside;  // what did that is not the channel, as far as one can know
};

// A channel under test may end the process that it runs in, in ways that nothing inside can hear of: _exit(0) would
// look as if it conformed. So `work` is done in a child process, which says when it is done, and this one watches.
// Returns the exit code: the child's, if it did say so. If not, that of `post_mortem`, which is done in another child;
// if that has no luck either, a line on stderr says what happened, and the exit code is that of a channel that broke
// its contract, or unknown if the end came from outside. In a child this returns what that returns, or throws what it
// throws. A child that stops itself (SIGSTOP) is ended. SIGINT and SIGTERM are passed on, and noted for
// was_interrupted(). Call it before there are threads.
int supervised(const std::function<int()>& work, const std::function<int(const sudden_end&)>& post_mortem);

// In the child, before it ends in another way than by returning from `work`.
void tell_supervisor_the_end();

// In the child: from now on SIGINT and SIGTERM do not end it. A channel that raises one of them does not stop anything.
void only_note_interrupts();
// Whether this command was sent one.
bool was_interrupted();

}  // namespace plumbline::cli
