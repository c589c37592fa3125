/**
 * Words that turn a claim into its opposite, in English, French, German and Spanish, folded and without accents: each pair has the beginnings of the
 * words of one pole and of the other; those that end in `$` are whole words. Any two claims of which one holds only the one pole and the other only
 * the other are kept apart, across languages too.
 */
const pairs: readonly (readonly [string, string])[] = [
  [
    'increas rais rise$ rises$ rising$ rose$ risen$ grow grew$ gain augment hausse$ croit$ monte$ steig erhoh zunahme zunimmt wachs aument crec sube',
    'decreas lower$ lowers$ lowered$ reduc fall$ falls$ fell$ fallen$ declin shrink shrank$ drop diminu baiss recul sink verringer abnahme abnimmt senk disminu baja$ bajan$ cae$',
  ],
  [
    'more$ higher$ greater$ larger$ longer$ bigger$ above$ exceed plus$ superieur mehr$ hoher grosser langer mas$ mayor superior',
    'less$ fewer$ lower$ smaller$ shorter$ below$ moins$ inferieur weniger$ niedriger kleiner kurzer menos$ menor inferior',
  ],
  ['before$ prior$ earlier$ avant$ vorher$ antes$', 'after$ later$ apres$ nachher$ danach$ despues$'],
  [
    'all$ every$ always$ everyone$ tous$ toutes$ toujours$ alle$ jede$ jeder$ jedes$ immer$ todos$ todas$ siempre$',
    'some$ sometimes$ few$ rarely$ seldom$ quelques$ parfois$ rarement$ einige$ manche$ manchmal$ selten$ algunos$ algunas$ raramente$',
  ],
  ['true$ vrai wahr$ verdad', 'false$ faux$ fausse falsch falso$ falsa$'],
  ['safe safer$ sicher segur', 'danger unsafe$ gefahr peligr'],
  [
    'benefi help good$ better$ best$ nutz gut$ besser$ mejor buen',
    'harm hurt bad$ worse$ worst$ nuisi schad schlecht peor mal$',
  ],
  ['succe reuss erfolg exit', 'fail echou echec scheiter fracas'],
  ['win$ wins$ won$ gagn gewinn gewann$ gana$ gano$', 'lose$ loses$ lost$ perd verlier verlor$ pierd'],
  ['caus lead$ leads$ led$ provo verursach', 'prevent avoid empech verhinder vermeid evit impid'],
  [
    'allow permit authori autoris erlaub permet',
    'forbid forbade$ prohibit ban$ bans$ banned$ interdi verbiet verbot prohib',
  ],
  [
    'support favour favor endors soutien befurwort apoy',
    'oppos against$ reject contre$ lehn ablehn gegen$ opon contra$ rechaz',
  ],
  ['accept approv annehm acept aprob', 'reject refus deni deny ablehn rechaz niega'],
  ['positiv', 'negativ'],
  ['maxim', 'minim'],
  ['north nord norte$', 'south sud$ sur$ sued'],
  ['east$ eastern$ est$ ost$ ostlich este$ oriental', 'west ouest$ oeste$ occident'],
  ['left$ gauche$ links$ izquierd', 'right$ droite$ rechts$ derech'],
  ['first$ premier erst primer', 'last$ dernier letzt ultim'],
  [
    'begin began$ begun$ start commenc anfang beginn begann$ empiez comienz empez',
    'end$ ends$ ended$ finish fini ende$ endet$ termin acab',
  ],
  ['strengthen stronger$ strong$ stark renforc fort$ forte$ fuert', 'weak schwach faibl affaibl debil'],
  ['fast$ faster$ quick rapid schnell', 'slow lent$ lente$ langsam'],
  ['hot$ hotter$ warm chaud heiss calient', 'cold cool froid kalt fri$ frio$ fria$'],
  ['buy$ buys$ bought$ achet kauf compra', 'sell sold$ vend verkauf'],
  ['import', 'export'],
  ['expensive$ cher$ chere$ teuer caro$ cara$ costly$', 'cheap bon$ billig barat inexpensive$'],
  ['easy$ easier$ facil leicht', 'hard$ harder$ difficult diffic schwer schwierig'],
  ['high$ eleve hoch$ hohe$ alto$ alta$', 'low$ bas$ basse$ niedrig bajo$ baja$'],
  ['young jeune jung joven', 'old$ older$ vieux$ vieil alt$ alte$ viej'],
  ['full$ plein voll$ llen', 'empty$ vide leer$ vaci'],
  ['acid sauer', 'alkal basisch alcalin'],
  ['male$ males$ men$ man$ homme mann$ manner$ hombre', 'female$ females$ women$ woman$ femme frau$ frauen$ mujer'],
]

export const oppositeWords: readonly (readonly [RegExp, RegExp])[] = pairs.map(([one, other]) => [
  pole(one),
  pole(other),
])

/** Numbers that are written as words, ordinals included, as digits. */
export const numberWords: ReadonlyMap<string, string> = new Map(
  Object.entries({
    0: 'zero null cero',
    2: 'two deux zwei dos twice',
    3: 'three trois drei tres triple',
    4: 'four quatre vier cuatro',
    5: 'five cinq funf cinco',
    6: 'six sechs seis',
    7: 'seven sept sieben siete',
    8: 'eight huit acht ocho',
    9: 'nine neuf neun nueve',
    10: 'ten dix zehn diez',
    11: 'eleven onze elf',
    12: 'twelve douze zwolf doce dozen',
    20: 'twenty vingt zwanzig veinte',
    30: 'thirty trente dreissig treinta',
    50: 'fifty cinquante funfzig cincuenta',
    100: 'hundred hundert cien ciento',
    1000: 'thousand mille tausend mil',
    1e6: 'million millions millionen millones',
    1e9: 'billion billions milliard milliards milliarde milliarden',
    '1st': 'first premier premiere erste ersten erster primer primero primera',
    '2nd': 'second deuxieme seconde zweite zweiten zweiter segundo segunda ii',
    '3rd': 'third troisieme dritte dritten dritter tercer tercero tercera iii',
    '4th': 'fourth quatrieme vierte vierten vierter cuarto cuarta iv',
    '5th': 'fifth cinquieme funfte funften funfter quinto quinta',
  }).flatMap(([digits, words]) => words.split(' ').map((word) => [word, digits] as const)),
)

function pole(beginnings: string): RegExp {
  return new RegExp(`^(?:${beginnings.replaceAll(' ', '|')})`, 'u')
}
