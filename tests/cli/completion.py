# SPDX-License-Identifier: Apache-2.0
"""What the shells complete for countersign is what its help lists: every command, and of each
command every option and no other; the words of its values, and the ids that the agent has. Bash is asked through its own
variables, zsh by typing into one that runs in a terminal.

    completion.py PROGRAM bash|zsh COMPLETION"""

import os
import pty
import re
import select
import subprocess
import sys
import tempfile
import time

PATIENCE = float(os.environ.get("COUNTERSIGN_TEST_PATIENCE", "60"))
PROGRAM, SHELL, COMPLETION = sys.argv[1:]
# words after the program's name, what must be offered among others
VALUES = [
    (["logins", "--verdict="], ["authorized", "not-judged"]),
    (["logins", "--path="], ["aws-ssm-session", "gcp-iap-tunnel"]),
    (["explain", ""], ["0ce04f6c", "c0aaa52f"]),
    (["explain", "0"], ["0ce04f6c"]),
    (["help", ""], ["replay", "test-alert"]),
    (["--socket=/nowhere", ""], ["logins", "help"]),
    (["--socket=/nowhere", "logins", "--verdict="], ["authorized", "not-judged"]),
]


def helped(*words):
    return subprocess.run([PROGRAM, "help", *words], capture_output=True, text=True,
                          check=True).stdout


def commands():
    return set(re.findall(r"^  ([a-z][a-z-]*) +\S", helped(), re.MULTILINE))


def options(command):
    return set(re.findall(r"^ *(?:-\w, )?(--[a-z-]+)", helped(command), re.MULTILINE))


def told(*words):
    """The words that an error lists as those there are."""
    wrong = subprocess.run([PROGRAM, *words], capture_output=True, text=True, check=False).stderr
    listed = wrong.splitlines()[0].split("none-such", 1)[1]
    return set(re.findall(r"[a-z][a-z0-9._-]*", listed)) - {"there", "are", "and", "or", "is", "none",
                                                            "of"}


def kinds():
    """Of a baseline, as its help lists them."""
    return set(re.findall(r"^  ([a-z][a-z-]+)  ", helped("baseline"), re.MULTILINE))


def stand_in(folder):
    """A countersign that has a login and a finding, for what asks the one that is installed."""
    path = os.path.join(folder, "countersign")
    with open(path, "w", encoding="utf-8") as file:
        file.write("""#!/bin/sh
case $1 in
logins) echo '{"type":"login","id":"0ce04f6c00000000000000000000","time":null}' ;;
alerts) echo '{"type":"finding","id":"c0aaa52f00000000000000000000","time":null}' ;;
esac
""")
    os.chmod(path, 0o755)
    os.environ["PATH"] = folder + ":" + os.environ["PATH"]


def doors():
    """The words of doors; the program's errors are too short for all of them."""
    with open(os.path.join(os.environ["abs_top_srcdir"], "correlator", "words.def"),
              encoding="utf-8") as file:
        return set(re.findall(r'^WORD_PATH\(\w+, "([^"]+)"', file.read(), re.MULTILINE))


class Bash:
    def offers(self, words):
        """Bash makes "=" a word of its own."""
        typed = []
        for word in ["countersign", *words]:
            typed += [part for part in re.split("(=)", word) if part] or [""]
        script = (f"source {COMPLETION}; COMP_WORDS=(\"$@\"); COMP_CWORD=$(($# - 1)); "
                  "_countersign; printf '%s\\n' \"${COMPREPLY[@]}\"")
        done = subprocess.run(["bash", "-c", script, "bash", *typed], capture_output=True, text=True,
                              check=True)
        assert not done.stderr, done.stderr
        return set(done.stdout.split())


# Each word that would be offered is written as a line of its own to a file.
ZSH = r"""
PS1= PS2= RPS1=
autoload -Uz compinit && compinit -D -u
zstyle ':completion:*' menu no
unsetopt beep
compadd() {
    if [[ ${@[1,(i)(-|--)]} == *-(O|A|D)\ * ]]; then
        builtin compadd "$@"
        return
    fi
    local -a offered
    builtin compadd -A offered "$@"
    print -rl -- $offered >>$OFFERED
    builtin compadd "$@"
}
complete-and-tell() {
    : >$OFFERED
    zle complete-word
    zle kill-buffer
    : >$OFFERED.done
}
zle -N complete-and-tell
bindkey '^I' complete-and-tell
: >$OFFERED.ready
"""


class Zsh:
    def __init__(self):
        self.folder = tempfile.TemporaryDirectory(prefix="countersign-zsh.")
        self.offered = os.path.join(self.folder.name, "offered")
        with open(os.path.join(self.folder.name, ".zshrc"), "w", encoding="utf-8") as file:
            file.write(f"fpath=({os.path.dirname(COMPLETION)} $fpath)\n" + ZSH)
        pid, self.terminal = pty.fork()
        if pid == 0:
            os.execvpe("zsh", ["zsh", "-d", "-i"],
                       {"PATH": os.environ["PATH"], "HOME": self.folder.name, "TERM": "dumb",
                        "ZDOTDIR": self.folder.name, "OFFERED": self.offered})
        self.wait_for(self.offered + ".ready")

    def wait_for(self, path):
        end = time.monotonic() + PATIENCE
        while not os.path.exists(path):
            # what it writes to the terminal is for nobody
            if select.select([self.terminal], [], [], 0.02)[0]:
                os.read(self.terminal, 65536)
            assert time.monotonic() < end, "waited in vain for zsh"
        os.unlink(path)

    def offers(self, words):
        os.write(self.terminal, (" ".join(["countersign", *words]) + "\t").encode())
        self.wait_for(self.offered + ".done")
        with open(self.offered, encoding="utf-8") as file:
            return {line.strip().rstrip("=") for line in file if line.strip()}


def main():
    with tempfile.TemporaryDirectory(prefix="countersign-path.") as folder:
        stand_in(folder)
        sys.exit(compare({"bash": Bash, "zsh": Zsh}[SHELL]()))


def compare(shell):
    failures = asked = 0

    def check(words, got, wanted, is_all=True):
        nonlocal failures, asked
        asked += 1
        missing, surplus = sorted(wanted - got), sorted(got - wanted) if is_all else []
        if missing or surplus:
            failures += 1
            print(f"{SHELL}: countersign {' '.join(words)}: lacks {missing}, has {surplus} besides")

    known = commands()
    got = shell.offers([""])
    check([""], {word for word in got if not word.startswith("-")}, known)
    for command in sorted(known - {"help"}):
        got = shell.offers([command, "--"])
        check([command, "--"], {word for word in got if word.startswith("--")}, options(command))
    for words, wanted in VALUES:
        check(words, shell.offers(words), set(wanted), is_all=False)
    for words, wanted in (
            (["logins", "--path="], doors()),
            (["logins", "--verdict="], told("logins", "--verdict=none-such")),
            (["logins", "--count-by="], told("logins", "--count-by=none-such")),
            (["replay", "--format="], told("replay", "--format=none-such")),
            (["replay", "--records="], told("replay", "--records=none-such")),
            (["alerts", "--color="], told("alerts", "--color=none-such"))):
        check(words, shell.offers(words), wanted)
    got = {word for word in shell.offers(["baseline", ""]) if not word.startswith("-")}
    check(["baseline", ""], got, kinds())
    print(f"{SHELL}: {asked} questions, {failures} answered wrongly")
    return 1 if failures else 0


main()
