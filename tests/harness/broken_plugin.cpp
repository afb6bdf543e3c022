// The broken channels that hang or crash, which need a process of their own, those of docs/reports.md and of the bench,
// and the host without a fault, as a plug-in.

#include "broken_channel.hpp"
#include "plumbline/oracle/export_plugin.hpp"

using broken::channel;
using broken::fault;
using plumbline::oracle::plugin_of;

PLUMBLINE_EXPORT_CHANNELS(plugin_of<channel<fault::none>>("sound", "1.0"),
                          plugin_of<channel<fault::sends_wake_nobody>>("sends-wake-nobody", "1.0"),
                          plugin_of<channel<fault::silent_last_drop>>("silent-last-drop", "1.0"),
                          plugin_of<channel<fault::wakes_one_sender_at_drop>>("wakes-one-sender-at-drop", "1.0"),
                          plugin_of<channel<fault::loses_tail_at_close>>("loses-tail-at-close", "1.0"),
                          plugin_of<channel<fault::throws>>("throws", "1.0"),
                          plugin_of<channel<fault::crashes>>("crashes", "1.0"),
                          plugin_of<channel<fault::stays_with_one_sender>>("stays-with-one-sender", "1.0"),
                          plugin_of<channel<fault::gives_up_early>>("gives-up-early", "1.0"),
                          plugin_of<channel<fault::returns_another_value>>("returns-another-value", "1.0"),
                          plugin_of<channel<fault::duplicates_after_wait>>("duplicates-after-wait", "1.0"));
