#pragma once
// Names for Clang's thread-safety attributes; empty on other compilers.
// https://clang.llvm.org/docs/ThreadSafetyAnalysis.html

#if defined(__clang__)
#define PLUMBLINE_ATTRIBUTE(x) __attribute__((x))
#else
#define PLUMBLINE_ATTRIBUTE(x)
#endif

#define PLUMBLINE_CAPABILITY(name) PLUMBLINE_ATTRIBUTE(capability(name))
#define PLUMBLINE_SCOPED_CAPABILITY PLUMBLINE_ATTRIBUTE(scoped_lockable)
#define PLUMBLINE_GUARDED_BY(mutex) PLUMBLINE_ATTRIBUTE(guarded_by(mutex))
#define PLUMBLINE_REQUIRES(mutex) PLUMBLINE_ATTRIBUTE(requires_capability(mutex))
#define PLUMBLINE_EXCLUDES(mutex) PLUMBLINE_ATTRIBUTE(locks_excluded(mutex))
#define PLUMBLINE_ACQUIRE(...) PLUMBLINE_ATTRIBUTE(acquire_capability(__VA_ARGS__))
#define PLUMBLINE_RELEASE(...) PLUMBLINE_ATTRIBUTE(release_capability(__VA_ARGS__))
