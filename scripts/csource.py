#!/usr/bin/python3
"""Purpose: read C source for the rule scripts, without a compiler.

csource.py code FILE...       FILE:LINE:TEXT with comments and the contents of strings gone
csource.py includes FILE...   FILE LINE quote|angle TARGET, a line for each #include
csource.py functions FILE...  FILE LINE LENGTH NAME, a line for each function body
                              (fields parted by tabs; lengths count signature to closing brace)
A function starts at column 0, its body ends with a "}" at column 0.
Exit: 0; 2 usage; 1 a file cannot be read.
"""
import re
import sys

TOKEN = re.compile(
    r'''//(?:\\\n|[^\n])*|/\*.*?(?:\*/|\Z)|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*\'''', re.S)
INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*(?:"([^"\n]*)"|<([^>\n]*)>)', re.M)


def without(text, keep_strings):
    """Blanks comments (and what is inside of strings); keeps every newline."""
    def blank(match):
        token = match.group(0)
        if token[0] in '"\'':
            return token if keep_strings else token[0] + token[0] + '\n' * token.count('\n')
        return ' ' + '\n' * token.count('\n')
    return TOKEN.sub(blank, text)


def code(path, text):
    # An #include's target is no string to be blanked, and no code either: it goes whole.
    bare = without(INCLUDE.sub('', without(text, True)), False)
    for number, line in enumerate(bare.split('\n'), 1):
        if line.strip():
            print(f'{path}:{number}:{line}')


def includes(path, text):
    bare = without(text, True)
    for match in INCLUDE.finditer(bare):
        line = bare.count('\n', 0, match.start()) + 1
        kind, target = ('quote', match.group(1)) if match.group(1) is not None else ('angle', match.group(2))
        print(path, line, kind, target, sep='\t')


def balanced_out(text):
    """Drops __attribute__((...)) groups."""
    while True:
        start = re.search(r'__attribute__\s*\(', text)
        if not start:
            return text
        depth, at = 1, start.end()
        while at < len(text) and depth:
            depth += {'(': 1, ')': -1}.get(text[at], 0)
            at += 1
        text = text[:start.start()] + ' ' + text[at:]


def functions(path, text):
    lines = without(text, False).split('\n')
    head, head_line, start, name = '', 0, 0, ''
    in_directive = False
    for number, line in enumerate(lines, 1):
        if start:
            if line.startswith('}'):
                print(path, start, number - start + 1, name, sep='\t')
                start, head = 0, ''
            continue
        directive = in_directive or line.lstrip().startswith('#')
        in_directive = directive and line.endswith('\\')
        if directive or not line.strip():
            head = ''
            continue
        if line.startswith('}') or (not head and line[0].isspace()):
            head = ''
            continue
        if not head:
            head_line = number
        head += ' ' + line.rstrip()
        opening = head.endswith('{')
        if opening:
            signature = balanced_out(head[:-1]).strip()
            match = re.search(r'(\w+)\s*\(', signature)
            if signature.endswith(')') and match and '=' not in signature.split('(')[0]:
                start, name = head_line, match.group(1)
            head = ''
        elif head.endswith((';', '}')):
            head = ''


def main(argv):
    commands = {'code': code, 'includes': includes, 'functions': functions}
    if len(argv) < 2 or argv[1] not in commands:
        print(__doc__, file=sys.stderr)
        return 2
    for path in argv[2:]:
        with open(path, encoding='utf-8', errors='replace') as source:
            commands[argv[1]](path, source.read())
    return 0


if __name__ == '__main__':
    sys.exit(main(sys.argv))
