"""notebook.py -- runs the code cells of a notebook, one after the other, and
compares what they show as text with what stands there. jupyter is not needed.

Usage: notebook.py [--write] FILE; --write puts what they show into the file."""
import ast
import contextlib
import io
import json
import sys

write = sys.argv[1] == "--write"
path = sys.argv[-1]
with open(path, encoding="utf-8") as file:
    notebook = json.load(file)


def run(source, names):
    """What a cell prints, and the value of its last line."""
    tree = ast.parse(source)
    last = None
    if tree.body and isinstance(tree.body[-1], ast.Expr):
        last = ast.Expression(tree.body.pop().value)
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(tree, path, "exec"), names)
        value = eval(compile(last, path, "eval"), names) if last else None
    return printed.getvalue(), value


def outputs(printed, value, count):
    found = []
    if printed:
        found.append({"name": "stdout", "output_type": "stream",
                      "text": printed.splitlines(True)})
    if value is not None:
        data = {"text/plain": repr(value).splitlines(True)}
        if hasattr(value, "_repr_svg_"):
            data["image/svg+xml"] = value._repr_svg_().splitlines(True)
        found.append({"data": data, "execution_count": count, "metadata": {},
                      "output_type": "execute_result"})
    return found


def texts(shown):
    """What is compared: a picture only has to be there."""
    return [(one.get("text"), one.get("data", {}).get("text/plain"),
             sorted(one.get("data", {}))) for one in shown]


names = {"__name__": "__main__"}
count = 0
for cell in notebook["cells"]:
    if cell["cell_type"] != "code":
        continue
    count += 1
    shown = outputs(*run("".join(cell["source"]), names), count)
    if write:
        cell["outputs"], cell["execution_count"] = shown, count
    elif texts(cell["outputs"]) != texts(shown):
        sys.exit("cell %d shows %s" % (count, json.dumps(shown)[:300]))
if write:
    with open(path, "w", encoding="utf-8") as file:
        json.dump(notebook, file, indent=1, ensure_ascii=False)
        file.write("\n")
print("%d cells, all as they stand" % count)
