// Python's queue.Queue and queue.SimpleQueue under the oracle, in an interpreter that is embedded when the first
// channel is made, and not before: whoever only lists the channels shall not wait for it.
//
// What the documentation of the module queue promises: "a FIFO queue"; Queue(maxsize) holds at most maxsize values, and
// put waits then; get waits for a value; with block false, or once timeout seconds have passed, Full and Empty are
// raised. SimpleQueue has no bound, and its put never waits. Neither has a notion of disconnection (before
// Python 3.13).
//
// Each call holds the interpreter's lock (GIL) while it runs Python; Python itself gives it back wherever a call waits.

#define PY_SSIZE_T_CLEAN
#include <Python.h>
// Python.h comes first, as its documentation wants.
#include <dlfcn.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <stdexcept>

#include "plumbline/oracle/adapter.hpp"
#include "plumbline/oracle/export_plugin.hpp"

namespace {

using namespace plumbline::oracle;

// Python's own error is shown, and the process ends: no call of these queues raises anything but what is looked for.
[[noreturn]] void give_up() {
  PyErr_Print();
  throw std::runtime_error("Python raised what it should not");
}
PyObject* required(PyObject* object) { return object != nullptr ? object : (give_up(), nullptr); }

// An object that we own.
class reference {
 public:
  explicit reference(PyObject* owned) noexcept : object_(owned) {}
  reference(const reference&) = delete;
  reference& operator=(const reference&) = delete;
  ~reference() { Py_XDECREF(object_); }
  PyObject* get() const noexcept { return object_; }

 private:
  PyObject* object_;
};

// The interpreter's lock. Waits for it.
class gil {
 public:
  gil() : state_(PyGILState_Ensure()) {}
  gil(const gil&) = delete;
  gil& operator=(const gil&) = delete;
  ~gil() { PyGILState_Release(state_); }

 private:
  PyGILState_STATE state_;
};

// The interpreter, and what is needed of it. It stays until the process ends.
struct python {
  PyObject* full = nullptr;
  PyObject* empty = nullptr;
  PyObject* queue = nullptr;         // queue.Queue
  PyObject* simple_queue = nullptr;  // queue.SimpleQueue, the one in C
  PyObject* put = nullptr;           // names of methods
  PyObject* get = nullptr;

  static const python& started() {
    static const python one;
    return one;
  }

 private:
  python() {
    // Modules in shared libraries look for the interpreter among the symbols that all see, and a plug-in's are not.
    if (dlopen(PLUMBLINE_PYTHON_LIBRARY, RTLD_NOW | RTLD_GLOBAL | RTLD_NOLOAD) == nullptr) {
      throw std::runtime_error(dlerror());
    }
    PyConfig config;
    PyConfig_InitIsolatedConfig(&config);  // no environment variables, no user's packages, no signal handlers
    config.site_import = 0;
    const PyStatus status = Py_InitializeFromConfig(&config);
    PyConfig_Clear(&config);
    if (PyStatus_Exception(status) != 0) {
      throw std::runtime_error(status.err_msg);
    }
    const reference module(required(PyImport_ImportModule("queue")));
    full = required(PyObject_GetAttrString(module.get(), "Full"));
    empty = required(PyObject_GetAttrString(module.get(), "Empty"));
    queue = required(PyObject_GetAttrString(module.get(), "Queue"));
    // From its own module: queue falls back in silence to one in Python if it cannot be loaded.
    const reference in_c(required(PyImport_ImportModule("_queue")));
    simple_queue = required(PyObject_GetAttrString(in_c.get(), "SimpleQueue"));
    put = required(PyUnicode_InternFromString("put"));
    get = required(PyUnicode_InternFromString("get"));
    PyEval_SaveThread();  // gives the lock back
  }
};

class python_channel {
 public:
  // No argument, if maxsize is negative.
  python_channel(PyObject* type, long maxsize) : object_(made(type, maxsize)) {}
  python_channel(const python_channel&) = delete;
  python_channel& operator=(const python_channel&) = delete;
  ~python_channel() {
    const gil held;
    Py_DECREF(object_);
  }

 protected:
  // queue.put(value, block, timeout), queue.get(block, timeout): a negative timeout is None.
  attempt put(std::uint64_t value, bool block, double timeout, outcome refusal) const {
    const gil held;
    const reference item(required(PyLong_FromUnsignedLongLong(value)));
    const reference patience(seconds(timeout));
    const reference done(
        PyObject_CallMethodObjArgs(object_, python::started().put, item.get(), truth(block), patience.get(), nullptr));
    return done.get() != nullptr ? outcome::ok : raised(python::started().full, refusal);
  }
  attempt get(bool block, double timeout, outcome refusal) const {
    const gil held;
    const reference patience(seconds(timeout));
    const reference item(
        PyObject_CallMethodObjArgs(object_, python::started().get, truth(block), patience.get(), nullptr));
    if (item.get() == nullptr) {
      return raised(python::started().empty, refusal);
    }
    return received(PyLong_AsUnsignedLongLong(item.get()));
  }
  static double in_seconds(std::chrono::nanoseconds patience) {
    return std::chrono::duration<double>(patience).count();
  }
  static constexpr double for_ever = -1;

 private:
  static PyObject* made(PyObject* type, long maxsize) {
    const gil held;
    return required(maxsize < 0 ? PyObject_CallNoArgs(type) : PyObject_CallFunction(type, "l", maxsize));
  }
  static PyObject* truth(bool value) noexcept { return value ? Py_True : Py_False; }
  static PyObject* seconds(double timeout) {
    return required(timeout < 0 ? Py_NewRef(Py_None) : PyFloat_FromDouble(timeout));
  }
  static outcome raised(PyObject* expected, outcome refusal) {
    if (PyErr_ExceptionMatches(expected) == 0) {
      give_up();
    }
    PyErr_Clear();
    return refusal;
  }

  PyObject* object_;
};

class queue_adapter : python_channel {
 public:
  static constexpr contract promises{.disconnect = disconnection::none};
  static constexpr capacities sizes{.unbounded = true, .smallest = 1, .largest = std::size_t{1} << 30U};

  // maxsize 0 is no bound.
  queue_adapter(capacity places, std::uint32_t)
      : python_channel(python::started().queue, static_cast<long>(places.value_or(0))) {}

  attempt send(std::uint32_t, std::uint64_t value) { return put(value, true, for_ever, outcome::full); }
  attempt try_send(std::uint32_t, std::uint64_t value) { return put(value, false, for_ever, outcome::full); }
  attempt send_for(std::uint32_t, std::uint64_t value, std::chrono::nanoseconds patience) {
    return put(value, true, in_seconds(patience), outcome::timeout);
  }
  attempt recv() { return get(true, for_ever, outcome::empty); }
  attempt try_recv() { return get(false, for_ever, outcome::empty); }
  attempt recv_for(std::chrono::nanoseconds patience) { return get(true, in_seconds(patience), outcome::timeout); }
};

class simple_queue_adapter : python_channel {
 public:
  static constexpr contract promises{.capacity = bound::unbounded, .disconnect = disconnection::none};
  static constexpr capacities sizes{.unbounded = true};

  simple_queue_adapter(capacity, std::uint32_t) : python_channel(python::started().simple_queue, -1) {}

  attempt send(std::uint32_t, std::uint64_t value) { return put(value, true, for_ever, outcome::full); }
  attempt recv() { return get(true, for_ever, outcome::empty); }
  attempt try_recv() { return get(false, for_ever, outcome::empty); }
#if PY_VERSION_HEX >= 0x030D0000
  // Before Python 3.13, a get whose time is up just before it is to wait waits for ever (docs/channels.md).
  attempt recv_for(std::chrono::nanoseconds patience) { return get(true, in_seconds(patience), outcome::timeout); }
#endif
};

}  // namespace

PLUMBLINE_EXPORT_CHANNELS(plugin_of<queue_adapter>("python-queue", PY_VERSION),
                          plugin_of<simple_queue_adapter>("python-simple-queue", PY_VERSION));
