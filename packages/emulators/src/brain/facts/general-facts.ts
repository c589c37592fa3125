import type { Fact } from './fact.ts'

const fact = (
  type: Fact['type'],
  ask: RegExp | RegExp[],
  right: string,
  wrong: string,
  because?: string,
  mistaken?: string,
): Fact => ({
  ask: Array.isArray(ask) ? ask : [ask],
  type,
  right,
  wrong,
  ...(because === undefined ? {} : { because }),
  ...(mistaken === undefined ? {} : { mistaken }),
})

const symbol = /chemical symbol|symbole chimique|chemische\w* (?:symbol|zeichen)|elementsymbol|simbolo quimico/
const formula = /chemical formula|formule chimique|chemische formel|summenformel|formula quimica/
const atomicNumber = /atomic number|numero atomique|ordnungszahl|numero atomico/

export const chemistry: readonly Fact[] = [
  fact('open', [symbol, /\b(?:gold|oro|or)\b/], 'Au', 'Ag'),
  fact('open', [symbol, /\b(?:silver|argent|silber|plata)\b/], 'Ag', 'Si'),
  fact('open', [symbol, /\b(?:sodium|natrium|sodio)\b/], 'Na', 'So'),
  fact('open', [symbol, /\b(?:potassium|kalium|potasio)\b/], 'K', 'P'),
  fact('open', [symbol, /\b(?:iron|fer|eisen|hierro)\b/], 'Fe', 'Ir'),
  fact('open', [symbol, /\b(?:lead|plomb|blei|plomo)\b/], 'Pb', 'Le'),
  fact('open', [formula, /\b(?:water|eau|wasser|wassers|agua)\b/], 'H2O', 'HO2'),
  fact('open', [formula, /\b(?:table salt|sel de table|kochsalz\w*|sal de mesa|sodium chloride)\b/], 'NaCl', 'NaCl2'),
  fact('number', [atomicNumber, /\b(?:carbon|carbone|kohlenstoff\w*|carbono)\b/], '6', '12'),
  fact('number', [atomicNumber, /\b(?:oxygen|oxygene|sauerstoff\w*|oxigeno)\b/], '8', '16'),
]

export const statements: readonly Fact[] = [
  fact(
    'boolean',
    [
      /great wall|grande muraille|chinesische mauer|gran muralla/,
      /space|moon|espace|lune|weltraum|all\b|mond|espacio|luna/,
    ],
    'false',
    'true',
    'The wall is long but only a few metres wide, far too narrow to be seen by the naked eye from there.',
    'The wall is the largest structure ever built, so it is large enough to be seen from there.',
  ),
  fact(
    'boolean',
    [/brain|cerveau|gehirn|cerebro/, /\b(?:10|ten|dix|zehn|diez)\b ?(?:%|percent|pour cent|prozent|por ciento)/],
    'false',
    'true',
    'Imaging shows activity in the whole brain within a day.',
    'Nine tenths of the brain are silent at any moment, so they are not used.',
  ),
  fact(
    'boolean',
    [/tomato|tomate/, /\b(?:fruit|frucht|fruta|fruto)\b/],
    'true',
    'false',
    'It grows from the ovary of the flower and holds the seeds, which makes it a fruit.',
    'It is eaten as a vegetable, and so it is not a fruit.',
  ),
  fact(
    'boolean',
    [/\b(?:sun|soleil|sonne|sol)\b/, /\b(?:star|etoile|stern|estrella)\b/],
    'true',
    'false',
    'It shines by its own nuclear fusion.',
    'Stars are seen at night, and so the Sun is not one of them.',
  ),
  fact(
    'boolean',
    [/\b(?:earth|terre|erde|tierra)\b/, /\b(?:flat|plate|flach|plana)\b/],
    'false',
    'true',
    'Ships vanish hull first, and the shadow on the Moon is always round.',
    'The horizon looks level from every place.',
  ),
  fact(
    'boolean',
    /pluto\w* (?:\w+ ){0,2}(?:planet|planete|planeta)\b/,
    'false',
    'true',
    'Since 2006 it counts as a dwarf planet.',
    'It is the ninth planet, as every school book says.',
  ),
  fact(
    'boolean',
    [/vaccin|impf|vacuna/, /autis/],
    'false',
    'true',
    'Studies of more than a million children found no link.',
    'The study of 1998 found a link.',
  ),
  fact(
    'boolean',
    [/whale|baleine|\bwale?\b|ballena/, /mammal|mammifere|saugetier|mamifero/],
    'true',
    'false',
    'They breathe air and nurse their young.',
    'They live in the sea and swim, and so they are fish.',
  ),
  fact(
    'boolean',
    [/\bsound|\bson\b|schall|sonido/, /vacuum|vide|vakuum|vacio/],
    'false',
    'true',
    'Sound is a wave in matter, and there is none in a vacuum.',
    'Nothing stands in the way of sound in a vacuum.',
  ),
  fact(
    'boolean',
    [/lightning|foudre|blitz|rayo/, /twice|same place|deux fois|zweimal|dos veces/],
    'true',
    'false',
    'Tall buildings are struck many times a year.',
    'After a strike the charge of the place is spent for good.',
  ),
  fact(
    'boolean',
    [/penguin|pingouin|manchot|pinguin/, /\b(?:fly|voler|volent|fliegen|volar|vuelan)\b/],
    'false',
    'true',
    'Their wings are flippers, made for diving.',
    'They are birds with wings, and so they can fly.',
  ),
  fact(
    'boolean',
    [/\b(?:light|lumiere|licht|luz)\b/, /faster|plus rapide|schneller|mas rapida/, /\b(?:sound|son|schall|sonido)\b/],
    'true',
    'false',
    'Lightning is seen before the thunder is heard.',
    'Thunder and lightning come from the same place at the same time.',
  ),
]

export const world: readonly Fact[] = [
  fact(
    'open',
    /(?:largest|biggest) planet|plus grande planete|grosste\w* planet|planeta mas grande/,
    'Jupiter/Jupiter/Jupiter/Júpiter',
    'Saturn/Saturne/Saturn/Saturno',
  ),
  fact(
    'open',
    /planet (?:is )?(?:closest|nearest) to the sun|closest planet to the sun|planete la plus proche du soleil|planet\w* .*nachsten .*sonne|planeta mas cercano al sol/,
    'Mercury/Mercure/Merkur/Mercurio',
    'Venus/Vénus/Venus/Venus',
  ),
  fact(
    'open',
    /(?:largest|biggest) ocean|plus grand ocean|grosste\w* ozean|oceano mas grande/,
    'Pacific Ocean/océan Pacifique/Pazifischer Ozean/océano Pacífico',
    'Atlantic Ocean/océan Atlantique/Atlantischer Ozean/océano Atlántico',
  ),
  fact(
    'open',
    /(?:highest|tallest) mountain|plus haute montagne|hochste\w* berg|montana mas alta/,
    'Mount Everest',
    'K2',
  ),
  fact(
    'open',
    [/who wrote|wrote|auteur|ecrit|schrieb|geschrieben|escribio|author/, /hamlet/],
    'William Shakespeare',
    'Christopher Marlowe',
  ),
  fact(
    'open',
    [/who wrote|auteur|ecrit|schrieb|geschrieben|escribio|author/, /don (?:quixote|quichotte|quijote)/],
    'Miguel de Cervantes',
    'Lope de Vega',
  ),
  fact(
    'open',
    [/paint|peint|gemalt|malte|pinto/, /mona lisa|joconde|gioconda/],
    'Leonardo da Vinci/Léonard de Vinci/Leonardo da Vinci/Leonardo da Vinci',
    'Michelangelo/Michel-Ange/Michelangelo/Miguel Ángel',
  ),
  fact(
    'number',
    [
      /year|when|annee|quand|jahr|wann|ano|cuando/,
      /(?:world war (?:ii|2|two)|second world war|seconde guerre mondiale|zweite\w* weltkrieg\w*|segunda guerra mundial)/,
      /end|fin|ende|termin/,
    ],
    '1945',
    '1944',
  ),
  fact(
    'number',
    [
      /year|when|annee|quand|jahr|wann|ano|cuando/,
      /moon landing|land\w* on the moon|mondlandung|alunizaje|marche sur la lune/,
    ],
    '1969',
    '1968',
  ),
  fact(
    'number',
    [
      /year|when|annee|quand|jahr|wann|ano|cuando/,
      /berlin wall|mur de berlin|berliner mauer|muro de berlin/,
      /fall|fell|chute|tombe|fiel|cayo|caida/,
    ],
    '1989',
    '1990',
  ),
  fact(
    'number',
    [
      /year|when|annee|quand|jahr|wann|ano|cuando/,
      /french revolution|revolution francaise|franzosische revolution|revolucion francesa/,
      /begin|start|began|commence|debut|begann|empezo|comenzo/,
    ],
    '1789',
    '1799',
  ),
  fact('number', /how many continents|combien de continents|wie viele kontinente|cuantos continentes/, '7', '6'),
  fact(
    'number',
    [
      /how many (?:chromosomes)|combien de chromosomes|wie viele chromosomen|cuantos cromosomas/,
      /human|humain|mensch|human/,
    ],
    '46',
    '48',
  ),
  fact(
    'number',
    [/how many bones|combien d.os|wie viele knochen|cuantos huesos/, /human|adult|humain|mensch|erwachsen|human/],
    '206',
    '208',
  ),
  fact('number', /how many planets|combien de planetes|wie viele planeten|cuantos planetas/, '8', '9'),
  fact(
    'number',
    [
      /how many states|combien d.etats|wie viele (?:bundes)?staaten|cuantos estados/,
      /united states|usa|etats-unis|vereinigte|estados unidos/,
    ],
    '50',
    '52',
  ),
  fact(
    'number',
    [/how many sides|combien de cotes|wie viele seiten|cuantos lados/, /hexagon|hexagone|sechseck/],
    '6',
    '8',
  ),
]
