"""Run by gdb: does the commands of the session in $SESSION, as typed."""

import os

import gdb

gdb.execute("set confirm off")
gdb.execute("set print thread-events off")
# gdb sets it to its own width.
gdb.execute("unset environment COLUMNS")
with open(os.environ["SESSION"]) as session:
    for line in session:
        if line.startswith("(gdb) "):
            print(line, end="")
            try:
                gdb.execute(line[len("(gdb) "):].strip(), True)
            except gdb.error as error:
                print(error)
