/**
 * Words by which a disguised text is recognised and taken apart: the small words of English, and the
 * vocabulary of instructions, secrets and shells. What is not here is still seen between them.
 */
const WORDS = `
a about above access account accounts across act action actions activate add admin administrator
after again agent agents all allow allowed already also always am an and another answer any anyone
anything api app apply approve approved are around as ask asked asks asking assistant assistants at
attach attached attachment auth authentication authorization authorized aware away aws azure back
base64 bash be because been before begin behavior being below best between beyond bin body boot both
bot break bug build but button by bypass bypassed call called calling calls can cannot card case cat
chain change changes channel character characters chat check chmod chown click client cloud code
codes collect com command commands comment company complete completely config configuration confirm
confirmation connect connection consent constraints contact contain contains content contents
context continue conversation cookie cookies copy could create credential credentials credit cron
crontab curl current customer dangerous data database day dd debug decode default delete deleted
deletes describe description dev developer device did directory disable disabled discard disclose
disk disregard do document documents does domain done down download downloaded drop dump each echo
else email emails emergency enable encode encoded end engineer ensure env environment erase error
etc eval even ever every everything exact exactly example except exec execute executed executes
executing exfiltrate exist exit explain export expose external fetch field file files filter filters
final find first flush follow followed following follows for force forget format forward from full
fully function get git give given go good grant grep group guard guardrails guideline guidelines
hacker had hand harmful has have hello help her here hidden hide hides him his history home host how
however http https human id identity if ignore ignored ignores ignoring immediate immediately
important in include included including inform information initial inject injection input inputs
insert inside instead instruct instructed instruction instructions int into invisible invoke is
issue it item its jailbreak json just keep key keys kill know known kubectl last leak least leave
let level like limit limitations limits link links list load local localhost location log login logs
long longer look mail main make malicious manager mandatory markdown may me mean mention mentions
message messages mode model moderation modify more most must my name names nc need netcat network
never new next no nobody nodejs none normal not note nothing notice notify now null number obey of
off old on once one only open openssl operator option or order orders other others our out output
outputs over override overrides own owner page parameter parameters part pass passphrase passwd
password passwords paste path payload payment perform permission permissions persona personal phone
php pipe place play please policies policy pretend prevent previous previously print prior priority
private privilege privileges proceed process production program programming project prompt prompts
protected protocol provide public purpose push put python query question questions quietly quit rather
read reading real really receive record records recursive redirect refuse regardless remember remind
remove rename repeat replace reply report request requests require required requirement requirements
reset respond response responses restrict restricted restriction restrictions result results retrieve
return reveal reverse review right rm role root rule rules run running safe safety same save say says
schedule screen script scripts search secret secretly secrets secure security see send sending sends
sent server service session set settings sh share shell should show shutdown shut side silently
simply since site skip so some someone something soon source special ssh start state status step
steps stop store string subject submit such sudo summarize summary supersede support suppress sure
switch sync system systems table take task tasks tell telling temporary test text than that the their
them then there these they thing things think this those through time tmp to token tokens tool tools
top total transfer trust trusted truncate try two under unless unlimited unrestricted until up update
upload uploaded upon url urls us usage use used user users uses using usr valid value values var
verbatim verify version via view visit want warning was way we web webhook website well were wget what
whatever when where whether which while who whole will wipe with within without word words work world
would write writes writing wrote yes you your yours yourself zip mkfs format sda xargs nohup base
concealed conceal unconditional comply compliance refusal ethical ethics uncensored simulate dan
acting roleplay pretending unfiltered translate english sentence paragraph phrase statement above
earlier preceding text hereafter henceforth onward directive directives preceded training trained
confidential sensitive internal financial bank transaction transactions wallet bitcoin invoice
money pay address number social ssn pin otp bearer cookie kube docker container image node npm pip
install package packages module import require username hostname whoami uname ifconfig nmap ping dns
hook commit branch repository repo clone pull request pullrequest github gitlab slack discord telegram
calendar meeting event notes note remind reminder contact contacts friend colleague boss manager team
anybody hereby attention critical urgent urgently essential absolutely necessary perfectly
`;

/** Nodes have a slot for each letter and one for the word that ends here. */
const SLOTS = 27;
const ENDS = 26;

/** Words of small letters, letter by letter. The node of no letters is 0. */
export class Trie {
  readonly #nodes: Int32Array;
  /** Units of the longest word. */
  readonly lengthMax: number;

  constructor(words: readonly string[]) {
    const nodes: number[] = Array.from({ length: SLOTS }, () => 0);
    for (const [number, word] of words.entries()) {
      let node = 0;
      for (let i = 0; i < word.length; i++) {
        const slot = node + word.charCodeAt(i) - 97;
        if (nodes[slot] === 0) {
          nodes[slot] = nodes.length;
          for (let j = 0; j < SLOTS; j++) nodes.push(0);
        }
        node = nodes[slot] ?? 0;
      }
      if (nodes[node + ENDS] === 0) nodes[node + ENDS] = number + 1;
    }
    this.#nodes = Int32Array.from(nodes);
    this.lengthMax = Math.max(...words.map((word) => word.length));
  }

  /** The node after this small letter, 0 when no word goes on so. */
  step(node: number, letter: number): number {
    const slot = letter - 97;
    return slot >= 0 && slot < 26 ? (this.#nodes[node + slot] as number) : 0;
  }

  /** The number of the word that ends with this node, or -1. */
  wordAt(node: number): number {
    return (this.#nodes[node + ENDS] as number) - 1;
  }
}

/** Every word, in small letters. */
export const words: readonly string[] = [
  ...new Set(WORDS.split(/\s+/).filter((word) => /^[a-z]+$/.test(word))),
];

const trie = new Trie(words);

/** Units of the longest word. */
export const WORD_LENGTH_MAX = trie.lengthMax;

/** The node after this unit, 0 when no word goes on so. Case does not matter. */
export function stepOf(node: number, unit: number): number {
  return unit < 128 ? trie.step(node, unit | 32) : 0;
}

export function endsWord(node: number): boolean {
  return trie.wordAt(node) >= 0;
}

/** The number of the word that the letters in `[from, to)` are, or -1; case does not matter. */
export function wordNumber(text: string, from: number, to: number): number {
  if (to - from > WORD_LENGTH_MAX || to <= from) return -1;
  let node = 0;
  for (let at = from; at < to; at++) {
    node = stepOf(node, text.charCodeAt(at));
    if (node === 0) return -1;
  }
  return trie.wordAt(node);
}

/** True when the letters in `[from, to)` are a word; case does not matter. */
export function isWord(text: string, from: number, to: number): boolean {
  return wordNumber(text, from, to) >= 0;
}
