/**
 * The part of the collecting script that hides clients.
 *
 * Each client gets another address, the same one each time: from 198.18.0.0 or 2001:2:: on, which begin the networks
 * that are meant for tests (RFC 2544, RFC 5180). Clients of one network of a persistence netmask get addresses of one
 * network, and what is 0 behind the netmask stays 0, so that templates still belong to their clients.
 */

/**
 * A program for awk: reads the services, for their netmasks, then, when the variable `connections` is set, the
 * connections, and prints these.
 */
export const HIDE_CLIENTS = `
function binary(value, width,    text) {
  text = ""
  for (; width > 0; width--) { text = value % 2 text; value = int(value / 2) }
  return text
}
function number(bits,    at, value) {
  value = 0
  for (at = 1; at <= length(bits); at++) value = value * 2 + substr(bits, at, 1)
  return value
}
function sum(bits, value,    at, text) {
  text = ""
  for (at = length(bits); at > 0; at--) {
    value += substr(bits, at, 1)
    text = value % 2 text
    value = int(value / 2)
  }
  return text
}
function hexadecimal(text,    at, value) {
  value = 0
  for (at = 1; at <= length(text); at++)
    value = value * 16 + index("0123456789abcdef", substr(text, at, 1)) - 1
  return binary(value, 16)
}
function bits4(address,    part) {
  split(address, part, ".")
  return binary(part[1], 8) binary(part[2], 8) binary(part[3], 8) binary(part[4], 8)
}
function bits6(address,    half, left, right, lefts, rights, at, text) {
  text = ""
  split(address, half, "::")
  lefts = split(half[1], left, ":")
  rights = split(half[2], right, ":")
  for (at = 1; at <= lefts; at++) text = text hexadecimal(left[at])
  for (at = lefts + rights; at < 8; at++) text = text binary(0, 16)
  for (at = 1; at <= rights; at++) text = text hexadecimal(right[at])
  return text
}
function other(bits, base,    full, from, to, key, part, text) {
  full = length(bits); from = 0; text = ""
  for (to = 1; to <= full; to++) {
    if (to < full && !((full, to) in masked)) continue
    key = full " " substr(bits, 1, to)
    part = substr(bits, from + 1, to - from)
    if (!(key in made)) {
      if (from == 0) made[key] = sum(substr(base, 1, to), ++count[full])
      else if (part !~ /1/) made[key] = part
      else made[key] = binary(++count[full " " substr(bits, 1, from)], to - from)
    }
    text = text made[key]
    from = to
  }
  return text
}
function address(bits,    at, text) {
  if (length(bits) == 32)
    return number(substr(bits, 1, 8)) "." number(substr(bits, 9, 8)) "." number(substr(bits, 17, 8)) "." number(substr(bits, 25, 8))
  text = ""
  for (at = 1; at < 128; at += 16) text = text sprintf(at == 1 ? "%x" : ":%x", number(substr(bits, at, 16)))
  return "[" text "]"
}
!connections {
  for (at = 1; at < NF; at++) if ($at == "mask") {
    if ($(at + 1) ~ /[.]/) { mask = bits4($(at + 1)); gsub(/0/, "", mask); masked[32, length(mask)] = 1 }
    else masked[128, $(at + 1) + 0] = 1
  }
  next
}
FNR > 2 {
  client = $4; port = $4
  sub(/:[0-9]+$/, "", client); sub(/^.*:/, "", port)
  if (!(client in hidden)) {
    if (client ~ /^\\[/) hidden[client] = address(other(bits6(substr(client, 2, length(client) - 2)), bits6("2001:2::")))
    else hidden[client] = address(other(bits4(client), bits4("198.18.0.0")))
  }
  $4 = hidden[client] ":" port
}
{ print }`;
