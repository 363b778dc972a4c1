# SPDX-License-Identifier: BSD-2-Clause
"""The words around the figures that tools/figures puts into the documents, in each language."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)), "..", "..", "tests", "bench", "jitter"))
from report import THESIS		# pylint: disable=unused-import

HEADLINE = {
    "en": "Under load, and while Linux keeps its interrupts off for 10 ms at a time, a {ms} ms cyclic handler in Debian's unmodified kernel starts with a standard\n"
          "deviation of **{sd:.1f} ns**; of {n} intervals none is further than {off} ns off. The best ordinary process on Debian's PREEMPT_RT kernel has {best:.0f} ns under the\n"
          "same load without the interrupts off: {ratio:.0f} times as much. (One instruction counted as 1 ns; see [below](#figures).)\n",
    "ja": "負荷をかけ、さらに Linux が 10 ms ずつ割込みを禁止している間でも、無改造の Debian カーネル内の {ms} ms 周期ハンドラの起動間隔の標準偏差は **{sd:.1f} ns**、"
          "{n} 回のうち最大のずれは {off} ns です。同じ負荷（割込み禁止なし）での PREEMPT_RT カーネル上の通常プロセスは、最良のもので {best:.0f} ns、{ratio:.0f} 倍になります。"
          "（1 命令を 1 ns と数えた値。[測定値](#測定値)を参照）\n",
}

PLOT = {
    "en": "![How far the start of a cyclic activity is off its period: the module beside the bare machine and ordinary processes]({path})\n",
    "ja": "![周期処理の起動が周期からどれだけずれるか: モジュール、ネイティブ、通常プロセス]({path})\n",
}

# In the order of the thesis' table 3.1, then what it did not measure
INTERVALS = {
    "en": {
        "native": "Unitron on the bare machine (thesis: TOPPERS)",
        "unitron-idle": "Unitron in Linux, idle",
        "unitron-loaded": "**Unitron in Linux, loaded**, interrupts off at times",
        "user-timer-idle": "process, interval timer and signal, idle",
        "user-timer-loaded": "the same, loaded",
        "user-fifo-idle": "process, SCHED_FIFO and `clock_nanosleep`, idle",
        "user-fifo-loaded": "the same, loaded",
        "rt-user-timer-idle": "PREEMPT_RT: interval timer and signal, idle",
        "rt-user-timer-loaded": "the same, loaded",
        "rt-user-fifo-idle": "PREEMPT_RT: SCHED_FIFO and `clock_nanosleep`, idle",
        "rt-user-fifo-loaded": "the same, loaded",
    },
    "ja": {
        "native": "Unitron ネイティブ（論文: TOPPERS）",
        "unitron-idle": "unitron 負荷無",
        "unitron-loaded": "**unitron 負荷有**（ときどき割込み禁止）",
        "user-timer-idle": "user proc. インターバルタイマとシグナル 負荷無",
        "user-timer-loaded": "同 負荷有",
        "user-fifo-idle": "user proc. SCHED_FIFO と `clock_nanosleep` 負荷無",
        "user-fifo-loaded": "同 負荷有",
        "rt-user-timer-idle": "PREEMPT_RT: インターバルタイマとシグナル 負荷無",
        "rt-user-timer-loaded": "同 負荷有",
        "rt-user-fifo-idle": "PREEMPT_RT: SCHED_FIFO と `clock_nanosleep` 負荷無",
        "rt-user-fifo-loaded": "同 負荷有",
    },
}
JITTER_HEAD = {
    "en": ["start intervals, µs", "n", "min", "max", "mean", "sd", "p99.9", "p99.99", "lost", "thesis: min", "max", "mean", "sd"],
    "ja": ["起動間隔（µs）", "回数", "最小値", "最大値", "平均値", "標準偏差", "99.9 %", "99.99 %", "抜け", "論文: 最小値", "最大値", "平均値", "標準偏差"],
}
JITTER_1MS_HEAD = {
    "en": ["start intervals, µs", "n", "min", "max", "sd", "lost"],
    "ja": ["起動間隔（µs）", "回数", "最小値", "最大値", "標準偏差", "抜け"],
}
CONDITIONS = {
    "en": "Period {period} ms; Debian's Linux {series}, QEMU, 1 instruction = 1 ns; {date}. The thesis: period 10 ms, NetBSD 5.0.1 in VMware on a Xeon of 2.66 GHz.\n",
    "ja": "周期 {period} ms、Debian の Linux {series}、QEMU、1 命令 = 1 ns、{date} 測定。論文: 周期 10 ms、Xeon 2.66 GHz の VMware 上の NetBSD 5.0.1。\n",
}

LATENCIES = {
    "en": {
        "handler-latency": "timer event to the cyclic handler",
        "wakeup": "timer event to the task that waited for it (`dly_tsk`)",
        "chain": "timer event to the task that the handler woke (`iwup_tsk`)",
        "critical-latency": "timer event to the cyclic handler, while a task is nearly always inside the kernel",
    },
    "ja": {
        "handler-latency": "タイマから周期ハンドラまで",
        "wakeup": "タイマから、それを待っていたタスク（`dly_tsk`）まで",
        "chain": "タイマから、ハンドラが起こしたタスク（`iwup_tsk`）まで",
        "critical-latency": "タイマから周期ハンドラまで、タスクがほぼ常にサービスコールの中にある場合",
    },
}
LATENCY_HEAD = {
    "en": ["latency, ns", "bare machine: min", "max", "p99.99", "in loaded Linux: min", "max", "p99.99"],
    "ja": ["遅延（ns）", "ネイティブ: 最小", "最大", "99.99 %", "負荷有の Linux 内: 最小", "最大", "99.99 %"],
}

KERNEL = {
    "en": {
        "`sig_sem` / `wai_sem`, nobody waits": ["sig_sem", "wai_sem"],
        "`snd_dtq` / `rcv_dtq`": ["snd_dtq", "rcv_dtq"],
        "`loc_mtx` / `unl_mtx`, inheriting": ["loc_mtx-inherit", "unl_mtx-inherit"],
        "`get_mpf` / `rel_mpf`": ["get_mpf", "rel_mpf"],
        "task switch": ["task-switch"],
        "**hand-off by semaphore**: signal, switch, return from the wait": ["sem-handoff"],
        "the same beside 1 / 10 / 100 / 1000 other tasks": ["sem-handoff/1", "sem-handoff/10", "sem-handoff/100", "sem-handoff/1000"],
        "hand-off by data queue": ["dtq-handoff"],
        "`set_flg` that releases 1 / 10 / 100 tasks": ["set_flg/1", "set_flg/10", "set_flg/100"],
        "a time event set beside 0 / 10 / 100 / 1000 / 10 000 others": [f"timer-start/{n}" for n in (0, 10, 100, 1000, 10000)],
        "and taken back": [f"timer-stop/{n}" for n in (0, 10, 100, 1000, 10000)],
    },
    "ja": {
        "`sig_sem` / `wai_sem`（待ちタスクなし）": ["sig_sem", "wai_sem"],
        "`snd_dtq` / `rcv_dtq`": ["snd_dtq", "rcv_dtq"],
        "`loc_mtx` / `unl_mtx`（優先度継承）": ["loc_mtx-inherit", "unl_mtx-inherit"],
        "`get_mpf` / `rel_mpf`": ["get_mpf", "rel_mpf"],
        "タスク切換え": ["task-switch"],
        "**セマフォによる受渡し**: 返却、切換え、待ちからの復帰": ["sem-handoff"],
        "同、ほかに 1 / 10 / 100 / 1000 タスクがあるとき": ["sem-handoff/1", "sem-handoff/10", "sem-handoff/100", "sem-handoff/1000"],
        "データキューによる受渡し": ["dtq-handoff"],
        "`set_flg` で 1 / 10 / 100 タスクを待ち解除": ["set_flg/1", "set_flg/10", "set_flg/100"],
        "タイムイベントの登録（ほかに 0 / 10 / 100 / 1000 / 10 000 個）": [f"timer-start/{n}" for n in (0, 10, 100, 1000, 10000)],
        "同、取消し": [f"timer-stop/{n}" for n in (0, 10, 100, 1000, 10000)],
    },
}
KERNEL_HEAD = {"en": ["on the bare machine", "instructions"], "ja": ["ネイティブ（ベアメタル）", "命令数"]}

DELIVERY = {
    "en": {"linux-timer-irq": "Linux's timer interrupt", "linux-nmi": "an NMI of Linux's"},
    "ja": {"linux-timer-irq": "Linux のタイマ割込み", "linux-nmi": "Linux の NMI"},
}
DELIVERY_HEAD = {"en": ["instructions", "without the module", "with it", "difference"], "ja": ["命令数", "モジュールなし", "あり", "差"]}

EXCHANGE = {
    "en": {
        "process-to-task": "process to task, from before `write(2)` until the task runs",
        "process-to-driver": "of that, Linux: until a driver has the write",
        "process-to-task-own": "of that, Unitron",
        "task-to-process": "task to a process asleep in `read(2)`, from before `snd_dtq` until it runs",
        "snd_dtq": "of that, Unitron: `snd_dtq`, data into the ring and the kick",
        "ring-in": "mapped ring, process to task, million 64-byte messages a second",
        "ring-out": "the same, task to process",
    },
    "ja": {
        "process-to-task": "プロセスからタスクへ、`write(2)` の前からタスクが走るまで",
        "process-to-driver": "そのうち Linux：ドライバに届くまで",
        "process-to-task-own": "そのうち Unitron",
        "task-to-process": "タスクから `read(2)` で眠るプロセスへ、`snd_dtq` の前から走るまで",
        "snd_dtq": "そのうち Unitron：`snd_dtq`、リングへの書込みと通知",
        "ring-in": "写像したリング、プロセスからタスクへ、64 バイトのメッセージ、百万個／秒",
        "ring-out": "同、タスクからプロセスへ",
    },
}
EXCHANGE_HEAD = {"en": ["instructions; messages", "measured", "goal"], "ja": ["命令数、メッセージ数", "実測", "目標"]}
EXCHANGE_CONDITIONS = {
    "en": "Debian's {series} kernel in the emulator, one CPU, no load; medians of 1000, rings: {messages} messages each way, checked; {date}.\n",
    "ja": "エミュレータ上の Debian {series} カーネル、CPU 1 個、負荷なし。1000 回の中央値、リングは片方向 {messages} 個、照合あり。{date}。\n",
}

# The English words are tools/sizes' own
PARTS = {
    "en": {},
    "ja": {
        "port/linux/unit: Linux side, the delivery unit": "port/linux/unit: Linux 側、割込み配送部",
        "port/linux/unit: objects as Linux devices": "port/linux/unit: オブジェクトを Linux のデバイスに",
        "port/linux/app: uITRON side, what depends on Linux": "port/linux/app: uITRON 側、Linux 依存部",
        "port/pc: bare x86-64": "port/pc: ネイティブ x86-64",
        "port/posix: a process": "port/posix: プロセス",
        "port/common: shared by the ports": "port/common: 各依存部に共通",
        "kernel: uITRON4.0 itself": "kernel: uITRON4.0 本体",
        "cfg: the configurator": "cfg: コンフィギュレータ",
        "NetBSD side": "NetBSD 側",
        "TOPPERS side": "TOPPERS 側",
        "native TOPPERS, IA-32": "ネイティブ TOPPERS（IA-32）",
    },
}
SIZES_HEAD = {
    "en": ["source lines, without blanks and comments", "C", "assembly", "thesis", "C", "assembly"],
    "ja": ["ソース行数（空行と注釈を除く）", "C", "ASM", "論文", "C", "ASM"],
}

ABUSE_HEAD = {"en": ["", "what a task or handler did", "stopped, Linux went on", "cause in the message"]}

FLOOD_HEAD = {
    "en": ["start intervals of a 1 ms handler, ns", "n", "sd", "furthest off", "lost", "handler at most late", "million calls of processes"],
    "ja": ["1 ms ハンドラの起動間隔、ns", "n", "標準偏差", "最大のずれ", "欠落", "ハンドラの最大の遅れ", "プロセスの呼出し、百万回"],
}
FLOOD = {
    "en": {"idle": "processes have every kind of exported object open", "loaded": "the same, Linux under load, its interrupts off at times",
           "flooded": "two processes use all of them as fast as they can"},
    "ja": {"idle": "公開したすべての種類のオブジェクトをプロセスが開いている", "loaded": "同、Linux は負荷の下、時々割込み禁止",
           "flooded": "二つのプロセスがすべてを全速で使う"},
}
