// States of a debate made by hand, to look at and to check every page in each of them without bringing a debate there. They are
// what the wire carries; the roster is the server's.

const MIN = 60_000;

/** Delegations whose names are long, short, and in need of care. */
const ROOM = [
  'ken', 'gbr', 'omn', 'chn', 'fra', 'rus', 'phl', 'nga', 'blr', 'swe', 'ind', 'bra', 'ven', 'bol', 'irn', 'cod', 'prk', 'tza', 'mkd', 'lao',
  'usa', 'deu', 'jpn', 'egy', 'zaf', 'arg', 'mex', 'aus', 'nzl', 'can', 'ita', 'esp', 'prt', 'nld', 'bel', 'che', 'aut', 'pol', 'cze', 'svk',
  'hun', 'rou', 'bgr', 'grc', 'tur', 'isr', 'jor', 'lbn', 'syr', 'irq', 'kwt', 'qat', 'are', 'sau', 'yem', 'pak', 'bgd', 'lka', 'npl', 'btn',
];

const FACTS = {
  gbr: { behalf_of: 'nam', speaker: 'H.E. Ms. Barbara Woodward, Permanent Representative', language: 'en' },
  omn: { language: 'ar', level: 'minister', speaker: 'H.E. Mr. Badr bin Hamad Al Busaidi, Minister for Foreign Affairs' },
  chn: { language: 'zh' },
  fra: { language: 'fr', level: 'head_of_state', speaker: 'S.E. M. le Président' },
  rus: { language: 'ru' },
};

const key = (n) => n.toString(36).padStart(3, '0');

/** The first `count` of the room on the morning panel's list. */
function listed(count, now, skip = []) {
  const out = {};
  ROOM.filter((p) => !skip.includes(p)).slice(0, count).forEach((participant, n) => {
    out[`r-${participant}`] = { panel: 'morning', participant, kind: 'intervention', rank: key(n), at_ms: now - (count - n) * MIN, ...FACTS[participant] };
  });
  return out;
}

function base(now) {
  return {
    debate: {
      id: 'ga-2008-trafficking', title: 'Thematic debate on human trafficking', venue: 'Trusteeship Council Chamber', date: '2008-06-03', languages: ['en', 'fr'], roster: 'made',
      timezone: 'America/New_York', utc_offsets: [{ utc_offset_ms: -4 * 60 * MIN }],
      groups: { nam: { en: 'Non-Aligned Movement', fr: 'Mouvement des pays non alignés', es: 'Movimiento de Países No Alineados', ru: 'Движение неприсоединения', ar: 'حركة عدم الانحياز', zh: '不结盟运动' } },
      papers: [{ title: 'Background paper', url: 'https://example.org/paper.pdf' }],
      right_of_reply: { first_ms: 3 * MIN, second_ms: 2 * MIN, at_most: 2 },
    },
    panel: 'morning',
    panels: {
      morning: {
        title: 'Panel 1', theme: 'Prevention of trafficking and protection of its victims: what works, and what the Assembly can do', order: 1,
        moderator: 'H.E. Mr. Srgjan Kerim', panellists: ['phl'], status: 'open', list: 'open', limit_ms: 3 * MIN, warn_ms: 30_000, starts_ms: now - 20 * MIN, ends_ms: now + 100 * MIN,
      },
      afternoon: { title: 'Panel 2', theme: 'Prosecution and partnership', order: 2, status: 'closed', list: 'closed', limit_ms: 3 * MIN, warn_ms: 30_000, starts_ms: now + 120 * MIN },
    },
    requests: {},
    spoken: { arg: { times: 1, used_ms: 170_000 }, mex: { times: 2, used_ms: 350_000 } },
    join: { code: '482913', url: 'http://rostrum.example.org:8080/ga-2008-trafficking/floor', until_ms: now + 17 * MIN, every_ms: 30 * MIN },
  };
}

const floor = (participant, timer, more = {}) => ({ id: `i-${participant}`, participant, kind: 'intervention', panel: 'morning', ...FACTS[participant], ...more, timer: { limit_ms: 3 * MIN, ...timer } });

/** Somebody speaks, and has used so much, ms. */
const speaking = (participant, used, more, list = 3) => (now) => ({
  ...base(now),
  requests: listed(list, now, [participant]),
  floor: floor(participant, { state: 'running', used_ms: used, since_ms: now }, more),
});

/** Every state by its name, each a function of the server's time, ms. @type {Record<string, (now: number) => any>} */
export const STATES = {
  idle: (now) => {
    const s = base(now);
    s.panels.morning = { ...s.panels.morning, status: 'closed', list: 'closed', starts_ms: now + 25 * MIN };
    return { ...s, spoken: {} };
  },
  wifi: (now) => ({ ...base(now), wifi: { name: 'UN-Conference', password: 'trusteeship-2008' } }),
  'join-off': (now) => ({ ...base(now), join: { url: base(now).join.url, off: true } }),
  'list-0': (now) => base(now),
  'list-3': (now) => ({ ...base(now), requests: listed(3, now) }),
  'list-60': (now) => ({ ...base(now), requests: listed(60, now) }),
  running: speaking('gbr', 12_000, {}, 60),
  'running-plain': speaking('fra', 12_000, { speaker: undefined, level: undefined, language: undefined }, 8),
  ready: (now) => ({ ...base(now), requests: listed(3, now, ['omn']), floor: floor('omn', { state: 'ready', used_ms: 0 }) }),
  warning: speaking('omn', 157_000),
  overtime: speaking('chn', 197_000),
  paused: (now) => ({ ...base(now), requests: listed(3, now, ['gbr']), floor: floor('gbr', { state: 'paused', used_ms: 75_000 }) }),
  unlimited: (now) => ({ ...base(now), requests: listed(3, now), floor: { ...floor('rus', {}, { kind: 'address' }), timer: { state: 'running', used_ms: 12_000, since_ms: now } } }),
  'point-of-order': (now) => ({
    ...base(now),
    requests: listed(5, now, ['gbr', 'rus']),
    floor: floor('rus', { state: 'running', used_ms: 8_000, since_ms: now }, { kind: 'point_of_order' }),
    interrupted: floor('gbr', { state: 'paused', used_ms: 75_000 }),
  }),
  reply: speaking('irn', 30_000, { kind: 'right_of_reply' }),
  message: (now) => ({ ...speaking('gbr', 100_000)(now), message: { text: 'Ten minutes left in this panel. Please be brief.', at_ms: now } }),
  'message-calm': (now) => ({ ...speaking('gbr', 100_000)(now), message: { text: 'Ten minutes left in this panel. Please be brief.', at_ms: now - 60_000 } }),
  'message-idle': (now) => ({ ...base(now), message: { text: 'The debate begins ten minutes later.', at_ms: now } }),
  'message-preset': (now) => ({ ...speaking('gbr', 100_000)(now), message: { text: 'Ten minutes left', preset: 'ten', at_ms: now } }),
  ruled: (now) => ({ ...speaking('gbr', 100_000)(now), ruled: { id: 'i-bol', participant: 'bol', ruling: 'overruled', at_ms: now } }),
  'ruled-idle': (now) => ({ ...base(now), requests: listed(3, now), ruled: { id: 'i-gbr', participant: 'gbr', ruling: 'sustained', at_ms: now } }),
  'message-limit': (now) => ({ ...base(now), requests: listed(3, now), message: { kind: 'limit', limit_ms: 2 * MIN, text: '2 minutes', at_ms: now - 60_000 } }),
  offer: (now) => {
    const s = { ...base(now), requests: listed(6, now) };
    s.requests['r-rus'].exchange = 'r-ken';
    s.requests['r-ken'].rank = '00x';
    return s;
  },
  offering: (now) => {
    const s = { ...base(now), requests: listed(6, now) };
    s.requests['r-ken'] = { ...s.requests['r-ken'], exchange: 'r-gbr', rank: '004z' };
    return s;
  },
  'absent-once': (now) => {
    const s = { ...base(now), requests: listed(6, now) };
    s.requests['r-ken'] = { ...s.requests['r-ken'], absent: 1, rank: '00z' };
    return s;
  },
  'absent-off': (now) => ({ ...base(now), requests: listed(6, now, ['ken']), absent: { ken: { panel: 'morning', at_ms: now } } }),
  mine: speaking('ken', 12_000),
  'mine-warning': speaking('ken', 160_000),
  'mine-overtime': speaking('ken', 200_000),
  'mine-interrupted': (now) => ({
    ...base(now),
    requests: listed(5, now, ['ken', 'rus']),
    floor: floor('rus', { state: 'running', used_ms: 8_000, since_ms: now }, { kind: 'point_of_order' }),
    interrupted: floor('ken', { state: 'paused', used_ms: 75_000 }),
  }),
  suspended: (now) => {
    const s = base(now);
    s.panels.morning = { ...s.panels.morning, status: 'suspended' };
    return { ...s, requests: listed(4, now, ['gbr']), floor: floor('gbr', { state: 'paused', used_ms: 75_000 }) };
  },
  closed: (now) => {
    const s = base(now);
    s.panels.morning = { ...s.panels.morning, status: 'closed', list: 'closed' };
    return s;
  },
  rehearsal: (now) => ({ ...speaking('omn', 20_000)(now), rehearsal: true }),
};
