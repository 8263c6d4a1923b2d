// A second checker of an exported record, of its seals and of its checkpoints, written from docs/seal.md alone. It shares
// nothing with the library: another language, another JSON parser, another SHA-256. See README.md beside it.

import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import { createReadStream, readFileSync } from "node:fs";
import { createInterface } from "node:readline";

const DIGEST = /^[0-9a-f]{64}$/;
const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{6}Z$/;

class Unreadable extends Error {}

function need(condition, sentence) {
  if (!condition) throw new Unreadable(sentence);
}

// --- what is hashed ---

function netstrings(values) {
  const parts = [];
  for (const value of values) {
    const bytes = Buffer.from(String(value), "utf8");
    parts.push(Buffer.from(`${bytes.length}:`), bytes, Buffer.from(","));
  }
  return Buffer.concat(parts);
}

function digest(...values) {
  return createHash("sha256").update(netstrings(values)).digest("hex");
}

const headDigest = ({ request, steps, head }) => digest("eap-workflow head", request, steps, head);
const nodeDigest = (left, right) => digest("eap-workflow node", left, right);

function rootOf(leaves) {
  if (leaves.length === 0) return digest("eap-workflow empty tree");
  // From the leaves up: whoever has no neighbour on the right goes up a level as it is. That is the same tree as the one that is cut
  // at the largest power of two.
  let level = leaves;
  while (level.length > 1) {
    const above = [];
    for (let place = 0; place < level.length; place += 2) {
      above.push(place + 1 < level.length ? nodeDigest(level[place], level[place + 1]) : level[place]);
    }
    level = above;
  }
  return level[0];
}

// --- what is read ---

async function* linesOf(file) {
  for await (const line of createInterface({ input: createReadStream(file, "utf8"), crlfDelay: Infinity })) {
    if (line.trim() !== "") yield line;
  }
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    throw new Unreadable("this is not JSON");
  }
}

// The record, as a stream of removals, the statement of the last one, and whole requests.
async function* recordOf(file) {
  let begun = false, ended = false, request = null, requests = 0, steps = 0;
  for await (const line of linesOf(file)) {
    const [kind, ...rest] = parsed(line);
    need(!ended, "the record goes on after its end");
    need(begun || kind === "record", "the record does not begin as one");
    if (kind === "step") {
      need(request, "a step stands before every request");
      const [version, format, content, before, own] = rest;
      request.steps.push({ version, format, content, before, digest: own });
      steps += 1;
      continue;
    }
    if (request) yield request;
    request = null;
    if (kind === "record") {
      need(!begun && rest[0] === 1, "a record of format 1 is needed");
      begun = true;
    } else if (kind === "removal") {
      const [number, of, workflow, count, head, at, by, before, own] = rest;
      yield { kind, number, request: of, workflow, steps: count, head, at, by, before, digest: own };
    } else if (kind === "removals") {
      yield { kind, last: rest[0] };
    } else if (kind === "request") {
      request = { kind, request: rest[0], head: rest[1], steps: [] };
      requests += 1;
    } else if (kind === "end") {
      need(rest[0] === requests && rest[1] === steps, "the record is not whole");
      ended = true;
    } else {
      throw new Unreadable("the record has a line of an unknown kind");
    }
  }
  need(ended, "the record was cut short");
}

async function listOf(file) {
  const list = [];
  for await (const line of linesOf(file)) {
    const [request, steps, head] = parsed(line);
    list.push({ request, steps, head });
  }
  return list;
}

function checkpointFrom(plain) {
  need(plain.kind === "eap-workflow checkpoint" && plain.format === 1, "a checkpoint of format 1 is needed");
  const { name, number, before, at, requests, steps, removals, root } = plain;
  need(INSTANT.test(at) && DIGEST.test(root), "a checkpoint is needed");
  const own = digest("eap-workflow checkpoint", 1, name, number, before, at, requests, steps, removals, root);
  need(own === plain.digest, "the checkpoint does not have the digest that it states");
  return { ...plain, seals: plain.seals ?? [] };
}

function keysFrom(name) {
  const keys = new Map();
  for (const part of (process.env[name] ?? "").split(/[\s,]+/).filter(Boolean)) {
    const [id, digits] = part.split("=");
    need(/^([0-9a-fA-F]{2}){32,}$/.test(digits ?? "") && !keys.has(id), "keys are needed as id=hexadecimal");
    keys.set(id, Buffer.from(digits, "hex"));
  }
  need(keys.size > 0, "keys are needed");
  return keys;
}

// --- what is found ---

const found = (request, version, what) => ({ request, version, what });

function* ofRemoval(act, chain) {
  const { number, request, workflow, steps, head, at, by, before } = act;
  if (number !== chain.expected || before !== chain.before) yield found(request, null, "out_of_line");
  else if (act.digest !== digest("eap-workflow removal", before, number, request, workflow, steps, head, at, by)) {
    yield found(request, null, "edited");
  }
  chain.before = act.digest;
  chain.expected = number + 1;
  chain.last = `${number} ${act.digest}`;
}

function* ofChain({ request, head, steps }) {
  let before = "", expected = 1, last = 0;
  for (const step of steps) {
    last = step.version;
    if (step.version !== expected) yield found(request, expected, "missing");
    else if (step.before !== before) yield found(request, step.version, "out_of_line");
    const own = digest("eap-workflow step", step.before, request, step.version, step.format, step.content);
    if (step.digest !== own) yield found(request, step.version, "edited");
    before = step.digest;
    expected = step.version + 1;
  }
  if (head === null) yield found(request, null, "head");
  else if (head !== before) yield found(request, last + 1, "head");
}

async function* checkRecord(record) {
  const chain = { before: "", expected: 1, last: "" };
  for await (const each of recordOf(record)) {
    if (each.kind === "removal") yield* ofRemoval(each, chain);
    else if (each.kind === "request") yield* ofChain(each);
    else if (each.last !== chain.last) yield found("", null, "missing");
  }
}

function* ofHead(head, steps, removal, after = 0) {
  const { request } = head;
  if (steps.length > 0) {
    const there = steps.find((step) => step.version === head.steps);
    if (!there) yield found(request, steps.at(-1).version + 1, "shortened");
    else if (there.digest !== head.head) yield found(request, null, "rewritten");
    return;
  }
  const accounts = removal && removal.number > after
    && (removal.steps > head.steps || (removal.steps === head.steps && removal.head === head.head));
  if (!accounts) yield found(request, null, "gone");
}

function* ofRemovals(head, removals) {
  if (head.steps === 0) return;
  const there = removals.find((act) => act.number === head.steps);
  if (!there) yield found("", null, "shortened");
  else if (there.digest !== head.head) yield found("", null, "rewritten");
}

function* ofNewSteps(request, steps, since) {
  for (const step of steps) {
    let at, role;
    try {
      const content = JSON.parse(step.content);
      at = content.at;
      role = content.by.role;
    } catch {
      continue;
    }
    if (role === "system" || typeof at !== "string" || !INSTANT.test(at)) continue;
    if (at < since) yield found(request, step.version, "late");
    return;
  }
}

function earlier(instant, seconds) {
  const [whole, fraction] = [instant.slice(0, 19), instant.slice(19)];
  return new Date(Date.parse(`${whole}Z`) - seconds * 1000).toISOString().slice(0, 19) + fraction;
}

function isListOf(list, checkpoint) {
  const [removals, ...requests] = list;
  if (!removals || removals.request !== "") return false;
  const ordered = list.every(
    (head, place) => place === 0 || Buffer.compare(Buffer.from(list[place - 1].request), Buffer.from(head.request)) < 0,
  );
  const steps = requests.reduce((sum, head) => sum + head.steps, 0);
  return ordered && requests.length === checkpoint.requests && steps === checkpoint.steps
    && removals.steps === checkpoint.removals && rootOf(list.map(headDigest)) === checkpoint.root;
}

async function* checkContinuation(record, checkpointFile, listFile, late) {
  const checkpoint = checkpointFrom(parsed(readFileSync(checkpointFile, "utf8")));
  const list = await listOf(listFile).catch(() => []);
  if (!isListOf(list, checkpoint)) {
    yield found("", null, "list");
    return;
  }
  const since = earlier(checkpoint.at, late);
  const [before, ...requests] = list;
  const listed = new Map(requests.map((head) => [head.request, head]));
  const removals = [], removed = new Map();
  for await (const each of recordOf(record)) {
    if (each.kind === "removal") {
      removals.push(each);
      removed.set(each.request, each);
    } else if (each.kind === "removals") {
      yield* ofRemovals(before, removals);
      for (const act of removals) {
        if (act.number > before.steps && act.at < since) yield found(act.request, null, "late");
      }
    } else if (each.steps.length > 0) {
      const head = listed.get(each.request);
      listed.delete(each.request);
      if (head) yield* ofHead(head, each.steps);
      else if (removed.has(each.request)) yield found(each.request, null, "back");
      const old = head ? head.steps : 0;
      yield* ofNewSteps(each.request, each.steps.filter((step) => step.version > old), since);
    }
  }
  for (const head of listed.values()) yield* ofHead(head, [], removed.get(head.request), before.steps);
}

function* ofSeals(request, own, seals, keys) {
  let known = 0, unknown = 0;
  for (const { key, at, code } of seals) {
    const secret = keys.get(key);
    if (!secret) {
      unknown += 1;
      continue;
    }
    known += 1;
    const right = createHmac("sha256", secret).update(netstrings(["eap-workflow seal", key, at, own])).digest();
    const given = Buffer.from(code, "hex");
    if (given.length !== right.length || !timingSafeEqual(given, right)) yield found(request, null, "forged");
  }
  if (unknown > 0 && known === 0) yield found(request, null, "unknown_key");
  else if (known === 0) yield found(request, null, "unsealed");
}

function* ofProof(proof, kept, keys) {
  let own = headDigest(proof);
  for (const { side, digest: other } of proof.path) own = side === "left" ? nodeDigest(other, own) : nodeDigest(own, other);
  const checkpoint = checkpointFrom(proof.checkpoint);
  if (own !== checkpoint.root) yield found(proof.request, null, "unproved");
  if (kept && kept.digest !== checkpoint.digest) yield found("", null, "replaced");
  if (keys) yield* ofSeals("", checkpoint.digest, checkpoint.seals, keys);
}

// Checkpoints, sealed heads and proofs, one a line, each by itself.
async function* checkAlone(file, keptFile, keys) {
  const kept = keptFile && checkpointFrom(parsed(readFileSync(keptFile, "utf8")));
  for await (const line of linesOf(file)) yield* ofSlip(parsed(line), kept, keys);
}

function* ofSlip(each, kept, keys) {
  if (each.kind === "eap-workflow checkpoint") {
    const checkpoint = checkpointFrom(each);
    if (kept && kept.digest !== checkpoint.digest) yield found("", null, "replaced");
    if (keys) yield* ofSeals("", checkpoint.digest, checkpoint.seals, keys);
  } else if (each.kind === "eap-workflow proof" && each.format === 1) {
    yield* ofProof(each, kept, keys);
  } else {
    need(each.kind === "eap-workflow sealed head" && each.format === 1, "a line of an unknown kind");
    need(keys, "keys are needed");
    yield* ofSeals(each.request, headDigest(each), each.seals, keys);
  }
}

// Checkpoints, sealed heads and proofs, one a line, by themselves and then against the record, as far as they are genuine.
async function* checkHeads(record, file, keptFile, keys) {
  const kept = keptFile && checkpointFrom(parsed(readFileSync(keptFile, "utf8")));
  const removals = [], removed = new Map(), wanted = new Map();
  for await (const line of linesOf(file)) {
    const head = parsed(line);
    const wrong = [...ofSlip(head, kept, keys)];
    yield* wrong;
    if (wrong.length > 0 || head.kind === "eap-workflow checkpoint") continue;
    wanted.set(head.request, [...(wanted.get(head.request) ?? []), head]);
  }
  for await (const each of recordOf(record)) {
    if (each.kind === "removal") {
      removals.push(each);
      removed.set(each.request, each);
    } else if (each.kind === "removals") {
      for (const head of wanted.get("") ?? []) yield* ofRemovals(head, removals);
      wanted.delete("");
    } else if (each.steps.length > 0) {
      for (const head of wanted.get(each.request) ?? []) yield* ofHead(head, each.steps);
      wanted.delete(each.request);
    }
  }
  for (const [request, heads] of wanted) for (const head of heads) yield* ofHead(head, [], removed.get(request));
}

// --- the command line ---

const USAGE = `usage: node check.mjs record RECORD
       node check.mjs continuation RECORD CHECKPOINT LIST [--late SECONDS]
       node check.mjs heads RECORD FILE [--kept CHECKPOINT] [--key-env NAME]
       node check.mjs alone FILE [--kept CHECKPOINT] [--key-env NAME]`;

async function main([command, ...given]) {
  const options = {}, files = [];
  while (given.length > 0) {
    const word = given.shift();
    if (word.startsWith("--")) options[word.slice(2)] = given.shift();
    else files.push(word);
  }
  const keys = () => options["key-env"] && keysFrom(options["key-env"]);
  const commands = {
    record: [1, () => checkRecord(files[0])],
    continuation: [3, () => checkContinuation(...files, Number(options.late ?? 0))],
    heads: [2, () => checkHeads(...files, options.kept, keys())],
    alone: [1, () => checkAlone(files[0], options.kept, keys())],
  };
  const [count, check] = commands[command] ?? [];
  if (count !== files.length) {
    console.error(USAGE);
    return 2;
  }
  let findings = 0;
  for await (const finding of check()) {
    findings += 1;
    console.log(JSON.stringify(finding));
  }
  return findings > 0 ? 4 : 0;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  console.error(error instanceof Unreadable ? error.message : `it cannot be read: ${error.message}`);
  process.exitCode = 2;
}
