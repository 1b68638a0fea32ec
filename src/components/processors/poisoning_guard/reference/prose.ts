import { asciiWord, asciiWords, NOWHERE } from '../cursor.ts';
import type { Cursor } from '../cursor.ts';
import type { Check, CheckTable } from './matcher.ts';

const ALL = asciiWord('all');
const PREVIOUS = asciiWord('previous');
const INSTRUCTION = asciiWord('instruction');
const INSTRUCTIONS = asciiWord('instructions');
const S = asciiWord('s');
const ARE = asciiWord('are');
const NOW = asciiWord('now');
const PROMPT = asciiWord('prompt');
const COLON = asciiWord(':');
const OPENING = asciiWord('(');
const PRIOR_OR_ABOVE = asciiWords('prior above');
const FORGOTTEN = asciiWords('everything all your');

/** Pattern `index` stands when the check came through, at whatever offset. */
const bit = (index: number, offset: number): number => (offset === NOWHERE ? 0 : 1 << index);

/** Behaviours G5. */
const INJECTION_CHECKS: CheckTable = {
  ignore(text, _, end, seen) {
    const previous = text.optional(text.spaces1(end), ALL);
    const noun = text.spaces1(text.word(previous, PREVIOUS));
    seen.injection |= bit(0, text.word(noun, INSTRUCTIONS));
  },
  you(text, _, end, seen) {
    const now = text.spaces1(text.word(text.spaces1(end), ARE));
    seen.injection |= bit(1, text.wordEnd(text.word(now, NOW)));
  },
  system(text, _, end, seen) {
    const colon = text.spaces0(text.word(text.spaces0(end), PROMPT));
    seen.injection |= bit(2, text.word(colon, COLON));
  },
  disregard(text, _, end, seen) {
    const noun = text.optional(text.spaces1(end), ALL);
    seen.injection |= bit(3, text.spaces1(text.oneOf(noun, PRIOR_OR_ABOVE)));
  },
  forget(text, _, end, seen) {
    seen.injection |= bit(4, text.spaces1(text.oneOf(text.spaces1(end), FORGOTTEN)));
  },
  new(text, _, end, seen) {
    const noun = text.word(text.spaces1(end), INSTRUCTION);
    const plural = text.word(noun, S);
    const colon = text.spaces0(plural === NOWHERE ? noun : plural);
    seen.injection |= bit(5, text.word(colon, COLON));
  },
  override(text, _, end, seen) {
    const noun = text.optional(text.spaces1(end), PREVIOUS);
    seen.injection |= bit(6, text.word(noun, INSTRUCTIONS));
  },
};

const PYTHON = asciiWord('python');
const IMPORT = asciiWord('import');
const MODULES = asciiWords('os subprocess shutil');
const NEWLINE = 0x0a;

/** Past white space that has a newline somewhere. */
function newline(text: Cursor, from: number): number {
  const to = text.spaces0(from);
  for (let at = from; at >= 0 && at < to; at++) {
    if (text.at(at) === NEWLINE) return to;
  }
  return NOWHERE;
}

const call =
  (index: number): Check =>
  (text, _, end, seen) => {
    seen.code |= bit(index, text.word(text.spaces0(end), OPENING));
  };

/** Behaviours G6. */
const CODE_CHECKS: CheckTable = {
  '```'(text, _, end, seen) {
    const statement = newline(text, text.word(text.spaces0(end), PYTHON));
    const name = text.spaces1(text.word(statement, IMPORT));
    for (const [index, module] of MODULES.entries()) {
      seen.code |= bit(index, text.wordEnd(text.word(name, module)));
    }
  },
  exec: call(3),
  eval: call(4),
  __import__: call(5),
};

const TAGS = asciiWords(
  'important system instruction instructions secret admin tool tool_call assistant',
);

/** Behaviours G10: a tag is closed when any `>` follows its name, however far away. */
const MARKUP_CHECKS: CheckTable = {
  '<'(text, _, end, seen) {
    const name = text.spaces0(end);
    for (const tag of TAGS) {
      const after = text.wordEnd(text.word(name, tag));
      if (after !== NOWHERE && after <= seen.lastClosing) seen.markup |= 1;
    }
  },
};

const HIDDEN = asciiWords('mention tell inform reveal disclose notify say');
const HIDING = asciiWords('telling informing notifying alerting mentioning');
const EVER = asciiWord('ever');
const OCCASIONS = asciiWords('asked prompted anyone someone');
const THE = asciiWord('the');
const USER = asciiWord('user');
const ANYONE = asciiWord('anyone');
const ASKED = asciiWord('asked');
const ASKS = asciiWord('asks');
const REPLIES = asciiWords('respond reply say answer forward send include append');
const ON = asciiWord('on');
const NOT = asciiWords("not n't nt");

/** Notes standing order `index` when its token begins a word and the rest came through. */
const order =
  (index: number, rest: (text: Cursor, end: number) => number): Check =>
  (text, start, end, seen) => {
    if (text.isWordStart(start)) seen.standing |= bit(index, rest(text, end));
  };

const theUser = (text: Cursor, from: number): number =>
  text.word(text.spaces1(text.word(from, THE)), USER);

const asks = (text: Cursor, subject: number): number => text.word(text.spaces1(subject), ASKS);

function condition(text: Cursor, end: number): number {
  const from = text.spaces1(end);
  const asked = [
    text.word(from, ASKED),
    asks(text, text.word(from, ANYONE)),
    asks(text, theUser(text, from)),
  ];
  return asked.find((to) => text.wordEnd(to) !== NOWHERE) ?? NOWHERE;
}

function occasion(text: Cursor, end: number): number {
  const ever = text.word(end, EVER);
  const from = text.spaces1(ever === NOWHERE ? end : ever);
  const to = text.oneOf(from, OCCASIONS);
  return to === NOWHERE ? theUser(text, from) : to;
}

const adverb = order(2, (text, end) => text.wordEnd(end));

/** Behaviours G11. These never alert alone. */
const STANDING_CHECKS: CheckTable = {
  do: order(0, (text, end) => text.oneOf(text.spaces1(text.oneOf(text.spaces0(end), NOT)), HIDDEN)),
  without: order(1, (text, end) => text.oneOf(text.spaces1(end), HIDING)),
  silently: adverb,
  secretly: adverb,
  covertly: adverb,
  quietly: adverb,
  discreetly: adverb,
  when: order(3, occasion),
  if: order(4, condition),
  always: order(5, (text, end) => text.oneOf(text.spaces1(end), REPLIES)),
  from: order(6, (text, end) => {
    const on = text.spaces1(text.word(text.spaces1(end), NOW));
    return text.wordEnd(text.word(on, ON));
  }),
};

/** The checks of everything that is written in words. */
export const PROSE_CHECKS: CheckTable = {
  ...INJECTION_CHECKS,
  ...CODE_CHECKS,
  ...MARKUP_CHECKS,
  ...STANDING_CHECKS,
};
