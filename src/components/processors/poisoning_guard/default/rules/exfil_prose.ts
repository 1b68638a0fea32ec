import { first, next } from '../rule.ts';
import type { PhraseRule } from '../rule.ts';
import { literals, words } from '../words.ts';
import { PRIVATE_DATA, SECRET, SECRET_FILE } from './secrets.ts';
import { AI } from './vocabulary.ts';

const SEND = words(
  'send',
  `send(s)|sending|sent|post(s)|forward(s)|forwarding|upload(s)|uploading|transmit(s)|transmitted|export(s)|ship(s)|stream(s)|sync(s)|share(s)|submit(s)|report(s)|relay(s)|mirror(s)|replicate(s)|publish(es)|push(es)|deliver(s)|bcc|exfiltrate(s)|exfil|leak(s)|beacon(s)|http post|http put|post them|back up to|copy to|forwardto|forward to`,
);

const MAIL = words('mail', 'email(s)|mail|e-mail');

const URL = literals('URL', 'http://|https://|ftp://|hxxp://|wss://');

const COLLECT = words(
  'collect',
  `collect(s)|gather(s)|harvest(s)|capture(s)|extract(s)|read(s)|scan(s)|enumerate(s)|discover(s)|compile(s)|package(s)|dump(s)|retrieve(s)|fetch(es)|grab(s)|steal(s)|copy|list(s)|query|search(es)|locate(s)|find(s)|include(s)|aggregate(s)|record(s)|intercept(s)`,
);

const MAILBOX = literals(
  'mailbox',
  '@gmail.com|@outlook.com|@yahoo.com|@proton|@evil|@attacker|@pwnd|@mail.|.example|@hotmail.com|@google.com|@exfil|@temp|@tutanota|@malicious',
);

const DROP = literals(
  'place where data is dropped',
  `webhook.site|requestbin|pipedream.net|ngrok|burpcollaborator|oast.|interact.sh|discord.com/api/webhooks|discordapp.com/api/webhooks|hooks.slack.com/services|api.telegram.org/bot|pastebin.com|transfer.sh|file.io|requestcatcher|beeceptor|webhook.office.com|evil.|attacker.|exfil.|malicious.|c2.|@evil|@attacker|://evil|://attacker|://exfil|://malicious|attacker's|attacker-controlled|attacker server`,
);

const EXTERNAL = words(
  'somewhere else',
  `(an |the )(external|remote|third-party|third party|outside|attacker|our|my|following) (server|endpoint|url|address|email|webhook|site|website|domain|host|api|service|location|collector)|(the )attacker|external (reporting )(endpoint)|webhook|my (email|e-mail|server|website|new email|alternate email)(address)|pastebin|the following (url|address|email|endpoint)|collection endpoint|aggregation endpoint|compliance endpoint|maintenance endpoint`,
);

const EVERYTHING_IT_KNOWS = words(
  'what it knows',
  `(the )(entire |full |whole |complete )({conversation,chat,message,session} history)|everything you (know|have|see)|all (previous )(messages|conversations)|the user's (message|messages|query|queries|input|data|files|emails|request|conversation|content)|contents of (the|all|this|any)|(the )(content|contents|body) of|security code|(the )(output|result|results) of|conversation (so far|context)|file contents|context window|{any,all} (sensitive )({information,data,info})|sensitive (information|data)|confidential (information|data)`,
);

const IMAGE = literals('image with data', `![`);
const QUERY = literals(
  'query of a URL',
  '?d=|?data=|?info=|?secret=|?token=|?key=|?msg=|?content=|?history=|?chat=|&data=|?leak=|?payload=|?ctx=|?context=|?prompt=|?exfil=|?password=|?conv=|={{|=[|=$(|={user|={data|=<',
);

const LOAD = words(
  'load',
  `load|loading|render|display|show|insert|embed|visit|open|fetch|navigate to|go to|request|retrieve|get|browse to|include|append|add|print|charge(z)|chargez|affiche(z)|lade|offne|besuche|carga|muestra|abre|visita|apri|carica|mostra|carregue|abra`,
);

const PASTE = literals(
  'anonymous place for data',
  'webhook.site|requestbin|pipedream.net|ngrok|burpcollaborator|oast.|interact.sh|pastebin.com|transfer.sh|file.io|requestcatcher|beeceptor|api.telegram.org/bot|discord.com/api/webhooks|discordapp.com/api/webhooks|0x0.st|termbin|bashupload|temp.sh',
);

const POSTS = literals(
  'posts',
  '-method post|uploadfile(|uploadstring(|uploaddata(|requests.post(|requests.put(|http.post(|axios.post(|urlopen(|postasync(|invoke-restmethod|invoke-webrequest',
);

const UPLOADS = literals('uploads', 'uploadfile(|storbinary(|uploaddata(');
const FTP = literals('FTP', 'ftp://');

const ENCODES = literals('encodes', 'tobase64string(|b64encode(|btoa(|base64_encode(');
const RESOLVES = literals(
  'looks a name up',
  'resolve-dnsname|gethostbyname(|dns.resolve|nslookup|dns_get_record',
);

const FORWARD_KEY = words(
  'setting',
  `forward|relay|capture|collect|harvest|export|include|sync|mirror|intercept|log|send|transmit|upload|steal|extract`,
);
const SECRET_KEY = words(
  'secret setting',
  `{credential,secret,token,password}(s)|pii|cookies|certs|keys|payment details|account numbers|routing numbers|ssn|credit cards|environment`,
);
const TRUE = literals('is set', `": "true|": true|":true|":"true|=true|: true|": [|": "http`);

const ALL_ROWS = words(
  'all rows',
  `select * from|all tables|all schemas|full export|full backup|bulk import|include all|export all|soft deleted|include deleted|includedeleted|"anonymize": false|anonymize": "false|direct copy|raw json`,
);

const TARGET = words(
  'setting that says where to',
  `{export,backup,sync,forward,report,bridge,collection,collector,audit,upload,webhook,exfil,telemetry,mirror,metrics,verification,validation,ingest} {endpoint,url,target,destination,host,server,hook,uri}|destination|forward to|http post|callback url|webhook url`,
);

/** Texts that have secrets or data sent away. */
export const EXFIL_RULES: readonly PhraseRule[] = [
  {
    id: 'exfil.secret_to_url',
    class: 'exfil',
    severity: 'critical',
    weight: 1.1,
    meaning: 'Secrets are to be sent to a URL.',
    steps: [first(SEND), next(50, SECRET, SECRET_FILE), next(90, URL, DROP, EXTERNAL)],
  },
  {
    id: 'exfil.collected_secret_to_url',
    class: 'exfil',
    severity: 'critical',
    weight: 1,
    meaning: 'Secrets are to be collected and then sent to a URL.',
    steps: [first(COLLECT), next(60, SECRET, SECRET_FILE), next(320, SEND), next(90, URL, DROP)],
    acrossSentences: true,
  },
  {
    id: 'exfil.private_data_to_url',
    class: 'exfil',
    severity: 'high',
    weight: 1.05,
    meaning: 'Data about people, or all data, is to be sent to a URL.',
    steps: [
      first(SEND),
      next(60, PRIVATE_DATA, EVERYTHING_IT_KNOWS),
      next(80, URL, DROP, EXTERNAL),
    ],
  },
  {
    id: 'exfil.private_data_to_mailbox',
    class: 'exfil',
    severity: 'high',
    weight: 1,
    meaning: 'Data is to be sent to a mailbox that the text names.',
    steps: [
      first(SEND, MAIL),
      next(90, PRIVATE_DATA, EVERYTHING_IT_KNOWS, SECRET),
      next(110, MAILBOX, DROP),
    ],
  },
  {
    id: 'exfil.to_drop',
    class: 'exfil',
    severity: 'high',
    weight: 0.8,
    meaning: 'Something is to be sent to a place where data is dropped.',
    steps: [first(SEND), next(120, DROP)],
  },
  {
    id: 'exfil.image_beacon',
    class: 'exfil',
    severity: 'high',
    weight: 1,
    meaning: 'An image whose address carries data away when it is shown.',
    steps: [first(IMAGE), next(90, URL), next(120, QUERY)],
    acrossSentences: true,
    literal: true,
  },
  {
    id: 'exfil.load_beacon',
    class: 'exfil',
    severity: 'high',
    weight: 1.1,
    meaning: 'An image or page is to be loaded whose address carries data away.',
    steps: [first(LOAD), next(24, IMAGE, URL), next(120, QUERY)],
    acrossSentences: true,
  },
  {
    id: 'exfil.load_drop',
    class: 'exfil',
    severity: 'high',
    weight: 1,
    meaning: 'A page of a place where data is dropped is to be loaded with data.',
    steps: [first(DROP), next(40, QUERY)],
    acrossSentences: true,
  },
  {
    id: 'exfil.code_to_paste',
    class: 'exfil',
    severity: 'high',
    weight: 1.1,
    meaning: 'Code that posts to an anonymous place for data.',
    steps: [first(POSTS), next(600, PASTE)],
    anyOrder: true,
    acrossSentences: true,
  },
  {
    id: 'exfil.code_to_ftp',
    class: 'exfil',
    severity: 'high',
    weight: 1,
    meaning: 'Code that uploads files by FTP.',
    steps: [first(UPLOADS), next(500, FTP)],
    anyOrder: true,
    acrossSentences: true,
  },
  {
    id: 'exfil.code_to_dns',
    class: 'exfil',
    severity: 'high',
    weight: 1.1,
    meaning: 'Code that encodes data and looks it up as a name.',
    steps: [first(ENCODES), next(500, RESOLVES)],
    acrossSentences: true,
  },
  {
    id: 'exfil.image_beacon_secret',
    class: 'exfil',
    severity: 'high',
    weight: 0.9,
    meaning: 'An image or link whose address is filled with secrets.',
    steps: [first(URL), next(60, QUERY), next(24, SECRET, PRIVATE_DATA, EVERYTHING_IT_KNOWS)],
    acrossSentences: true,
  },
  {
    id: 'exfil.forwarding_settings',
    class: 'exfil',
    severity: 'high',
    weight: 0.6,
    meaning: 'Settings that collect or forward secrets.',
    literal: true,
    steps: [first(FORWARD_KEY), next(20, SECRET_KEY), next(14, TRUE)],
  },
  {
    id: 'exfil.settings_with_target',
    class: 'exfil',
    severity: 'high',
    weight: 1,
    meaning: 'Settings that forward secrets or personal data, and where to.',
    literal: true,
    steps: [first(SECRET_KEY, PRIVATE_DATA, ALL_ROWS), next(320, TARGET), next(40, URL)],
    acrossSentences: true,
  },
  {
    id: 'exfil.target_with_settings',
    class: 'exfil',
    severity: 'high',
    weight: 1,
    meaning: 'Where to data is forwarded, and that it is secret or personal.',
    literal: true,
    steps: [first(TARGET), next(40, URL), next(320, SECRET_KEY, PRIVATE_DATA, ALL_ROWS)],
    acrossSentences: true,
  },
  {
    id: 'exfil.read_and_post',
    class: 'exfil',
    severity: 'high',
    weight: 0.8,
    meaning: 'A workflow that reads secrets and posts to a URL.',
    literal: true,
    steps: [first(SECRET, SECRET_FILE), next(360, TARGET), next(60, URL)],
    acrossSentences: true,
  },
  {
    id: 'exfil.tell_ai',
    class: 'exfil',
    severity: 'medium',
    weight: 0.6,
    meaning: 'An AI is told to send secrets or private data.',
    steps: [
      first(AI),
      next(120, SEND),
      next(80, SECRET, SECRET_FILE, PRIVATE_DATA, EVERYTHING_IT_KNOWS),
    ],
    acrossSentences: true,
  },
];
