"""The part of `repro.sh` that is the same for every failure: sending with curl, reading answers with awk.

An answer's JSON is turned into lines, one a value: its path, a blank, and the value, spelled as Python's `json.dumps`
spells it without escaping what is not ASCII. What an answer must say is then a line that must be there.
"""

from __future__ import annotations

LIBRARY = r"""
work=$(mktemp -d) || exit 3
trap 'rm -rf "$work"' EXIT

json() { # the text as it stands inside a JSON string
  printf '%s' "$1" | sed 's/\\/\\\\/g; s/"/\\"/g'
}

send() { # step, method, URL, scheme and token, the body's function or -, further options of curl
  local step=$1 method=$2 url=$3 authorization=$4 body=$5 status
  shift 5
  local options=(-q -sS "${reach[@]}" --globoff --path-as-is --max-time 60 -X "$method" -H 'Expect:' "$@")
  options+=(-H "X-Request-Id: calfuzz-repro-$now_timestamp-$step")
  [ -z "$authorization" ] || options+=(-H "Authorization: $authorization")
  : >"$work/$step.answer"
  if [ "$body" != - ]; then
    "$body" >"$work/$step.body"
    options+=(--data-binary "@$work/$step.body")
  fi
  status=$(curl "${options[@]}" -o "$work/$step.answer" -w '%{http_code}' "$url") || status=000
  echo "$status" >"$work/$step.status"
  : >"$work/$step.wrong"
  lines_of "$work/$step.answer" >"$work/$step.lines" || : >"$work/$step.lines"
}

is() { # step, pattern of a status
  # shellcheck disable=SC2254 # it is a pattern
  case $(cat "$work/$1.status") in $2) return 0 ;; esac
  return 1
}

has() { # step, a line of its answer
  LC_ALL=C grep -Fqxe "$2" "$work/$1.lines"
}

says() { # step, path, value: it stands there; what stands there in its place is noted
  local found
  has "$1" "$2 $3" && return 0
  if [ ! -s "$work/$1.lines" ]; then
    echo "its body is not JSON" >>"$work/$1.wrong"
  elif found=$(line_at "$1" "$2") && [ -n "$found" ]; then
    echo "\$$2 is $(shape "$found"), and the documents promise $(shape "$3")" >>"$work/$1.wrong"
  else
    echo "\$$2 is missing, and the documents promise $(shape "$3")" >>"$work/$1.wrong"
  fi
  return 1
}

shape() { # value of a line, in words
  case $1 in
    '{}') echo "an object" ;;
    '['*) echo "a list of length ${1//[][]/}" ;;
    *) printf '%s\n' "$1" | cut -c 1-100 ;;
  esac
}

wrong() { # step: what is wrong with an answer whose status is a documented one
  local noted
  noted=$(head -n 1 "$work/$1.wrong")
  [ -z "$noted" ] || echo "; in the answer, $noted"
}

line_at() { # step, path: what stands there, as in a line
  path="$2 " LC_ALL=C awk 'index($0, ENVIRON["path"]) == 1 {
    print substr($0, length(ENVIRON["path"]) + 1)
    exit
  }' "$work/$1.lines"
}

value() { # step, path: what stands there, as inside a JSON string; nothing for null
  line_at "$1" "$2" | LC_ALL=C sed -e 's/^null$//' -e t -e 's/^"\(.*\)"$/\1/'
}

holds() { # step, path: there is something
  [ -n "$(value "$1" "$2")" ] && return 0
  echo "there is nothing at \$$2" >>"$work/$1.wrong"
  return 1
}

names() { # step, status, code, message: an entry of its errors is that one
  local entry
  is "$1" "$2" || return 1
  while read -r entry; do
    if has "$1" "$entry[\"code\"] $3" && has "$1" "$entry[\"message\"] $4"; then
      echo "$entry names $3, which is not due" >>"$work/$1.wrong"
      return 0
    fi
  done < <(sed -n 's/^\(\["errors"\]\[[0-9]*\]\) {}$/\1/p' "$work/$1.lines")
  return 1
}

tell() { # step, title, what the documents allow
  printf '%3s  %-60s %s  (documents: %s)\n' "$1" "$2" "$(cat "$work/$1.status")" "$3"
}

says_nothing() { # step, status when found: the answer is a gateway's, or there is none
  local status
  status=$(cat "$work/$1.status")
  case $status in
    000 | 429 | 502 | 503 | 504) [ "$2" != "$status" ] && [ "$2" != 000 ] || return 1 ;;
    *) return 1 ;;
  esac
  why="no answer of the service to step $1 (status $status)"
}

judge() { # step, title, what is allowed, promises kept now, promises that it must keep, status when found or "move"
  local place
  tell "$1" "$2" "$3"
  says_nothing "$1" "$6" && return 3
  for place in $4; do
    [ -z "$5" ] && return 0
    case " $5 " in *" $place "*) return 0 ;; esac
  done
  if [ -n "$4" ]; then
    why="step $1 took another turn than when this was found: it is allowed, and the steps after it tell nothing then"
    return 4
  fi
  refused "$1" "$6" && return 3
  why="step $1 is answered $(cat "$work/$1.status"), and the documents allow $3$(wrong "$1")"
  return 1
}

refused() { # step, status when found or "move": the target does not take the token, or cannot be moved
  if [ "$2" = move ]; then
    why="step $1, which only prepares, did not work"
  elif token_refused "$1" && ! is "$1" "$2"; then
    why="the target refuses the token of step $1"
  else
    return 1
  fi
}

token_refused() { # step: a service says so with 401; a gateway, with 422 and a word of its own
  is "$1" 401 || { is "$1" 422 && has "$1" '["error"] "Unauthorized"'; }
}

judge_pair() { # two steps, which promises may be kept together, promises that each keeps, status when found of each
  local pair one other
  for one in $4; do
    for other in $5; do
      for pair in $3; do
        [ "$pair" = "$one:$other" ] && return 0
      done
    done
  done
  says_nothing "$1" "$6" && return 3
  says_nothing "$2" "$7" && return 3
  why="neither order of steps $1 and $2 explains both answers: $(cat "$work/$1.status") and $(cat "$work/$2.status")"
  return 1
}

lines_of() { # file: the JSON in it as lines of path and value; fails if it is no JSON
  LC_ALL=C awk '
    function fail() { wrong = 1; exit 1 }
    function take(pattern) {
      if (!match(rest, "^" pattern)) return 0
      token = substr(rest, 1, RLENGTH); rest = substr(rest, RLENGTH + 1)
      return 1
    }
    function blank() { take("[ \t\r\n]+") }
    function hex(digits,   n, at) {
      n = 0
      for (at = 1; at <= 4; at++) n = n * 16 + index("0123456789abcdef", tolower(substr(digits, at, 1))) - 1
      return n
    }
    function utf8(code) {
      if (code < 2048) return sprintf("%c%c", 192 + int(code / 64), 128 + code % 64)
      if (code < 65536)
        return sprintf("%c%c%c", 224 + int(code / 4096), 128 + int(code / 64) % 64, 128 + code % 64)
      return sprintf("%c%c%c%c", 240 + int(code / 262144), 128 + int(code / 4096) % 64, \
        128 + int(code / 64) % 64, 128 + code % 64)
    }
    function unescaped(escape, code,   second) {
      if (code == 34 || code == 92) return "\\" sprintf("%c", code)
      if (code in short) return "\\" short[code]
      if (code < 32) return tolower(escape)
      if (code < 127) return sprintf("%c", code)
      if (code == 127) return sprintf("%c", 127)
      if (code >= 55296 && code < 57344) {
        if (code < 56320 && take("\\\\u[dD][c-fC-F][0-9a-fA-F][0-9a-fA-F]")) {
          second = hex(substr(token, 3))
          return utf8(65536 + (code - 55296) * 1024 + second - 56320)
        }
        return tolower(escape)
      }
      return utf8(code)
    }
    function string(   text, escape) {
      if (!take("\"")) fail()
      text = "\""
      while (!take("\"")) {
        if (take("[^\"\\\\\001-\037]+")) text = text token
        else if (take("\\\\u[0-9a-fA-F][0-9a-fA-F][0-9a-fA-F][0-9a-fA-F]")) {
          escape = token
          text = text unescaped(escape, hex(substr(escape, 3)))
        }
        else if (take("\\\\/")) text = text "/"
        else if (take("\\\\[\"\\\\bfnrt]")) text = text token
        else fail()
      }
      return text "\""
    }
    function object(path,   key) {
      blank()
      if (take("}")) return
      do {
        blank(); key = string(); blank()
        if (!take(":")) fail()
        value(path "[" key "]")
      } while (take(","))
      if (!take("}")) fail()
    }
    function array(path,   count) {
      blank()
      if (take("\\]")) return 0
      do { value(path "[" count++ "]") } while (take(","))
      if (!take("\\]")) fail()
      return count
    }
    function value(path,   place) {
      blank()
      place = ++lines
      if (take("{")) { out[place] = path " {}"; object(path) }
      else if (take("\\[")) { out[place] = ""; out[place] = path " [" array(path) "]" }
      else if (substr(rest, 1, 1) == "\"") out[place] = path " " string()
      else if (take("true") || take("false") || take("null")) out[place] = path " " token
      else if (take("-?(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][-+]?[0-9]+)?")) out[place] = path " " token
      else fail()
      blank()
    }
    BEGIN { short[8] = "b"; short[9] = "t"; short[10] = "n"; short[12] = "f"; short[13] = "r" }
    { rest = rest $0 "\n" }
    END {
      if (wrong) exit 1
      sub(/^\357\273\277/, "", rest)
      value("")
      if (rest != "") fail()
      for (place = 1; place <= lines; place++) print out[place]
    }
  ' "$1"
}
"""
