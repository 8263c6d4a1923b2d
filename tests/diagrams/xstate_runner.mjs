// Runs tables of ours in XState, as its users would: one request a line on standard input, one answer a line.
//
//   {"machine": {...}}                                  a table; the answer is the names of its states
//   {"from": "draft", "trigger": "submit", ...}         a letter in a state; "from" null is where the machine begins, and
//                                                       without "from" it is where the last letter led to
//
// A letter has the role that sends it, and the guards that fail. Its answer is where the request is, and what was done.
// The first argument is the folder node_modules in which xstate is.
import { createRequire } from "node:module";
import { createInterface } from "node:readline";

const { createMachine, initialTransition, transition } = createRequire(`${process.argv[2]}/`)("xstate");

const hold = ({ event }, asked) => !asked.guards.some((name) => event.failing.includes(name));
const guards = {
  permitted: (given, asked) => asked.roles.includes(given.event.role) && hold(given, asked),
  follows: hold,
};

let machine = null;
let snapshot = null;

function answer({ machine: given, from, trigger, role, failing }) {
  if (given) {
    machine = createMachine(given, { guards });
    return Object.keys(machine.states);
  }
  if (from !== undefined) {
    snapshot = from === null ? initialTransition(machine)[0] : machine.resolveState({ value: from });
  }
  const [after, actions] = transition(machine, snapshot, { type: trigger, role, failing });
  snapshot = after;
  return { value: after.value, actions: actions.map(({ type, params }) => ({ type, ...params })) };
}

for await (const line of createInterface({ input: process.stdin })) {
  process.stdout.write(`${JSON.stringify(answer(JSON.parse(line)))}\n`);
}
