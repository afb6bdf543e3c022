#pragma once

#include <functional>
#include <string>

namespace plumbline::cli {

// A channel under test may end the process that it runs in, in ways that nothing inside can hear of: _exit(0) would
// look as if it conformed. So `work` is done in a child process, which says when it is done, and this one watches.
// Returns the exit code: the child's, if it did say so. If not, a line on stderr says what happened, and the exit code
// is that of a channel that broke its contract; of misuse, before the campaign began; unknown, after a signal from
// outside. In the child this returns what `work` returns, or throws what it throws. SIGINT and SIGTERM are passed on.
// Call it before there are threads.
int supervised(const std::function<int()>& work);

// In the child: how what it does is done again; for the line on stderr.
void tell_supervisor(const std::string& command);

// In the child, before it ends in another way than by returning from `work`.
void tell_supervisor_the_end();

}  // namespace plumbline::cli
