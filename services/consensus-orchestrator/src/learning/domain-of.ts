import type { Domain } from '@concord/contracts/domains'

/** As much of a question as is looked at. */
const longest = 2_000

/**
 * What a question is about, by its words (English, French, German, Spanish) and its shape. `general` where nothing tells. Takes time linear
 * in the question, and asks nobody.
 */
export function domainOf(question: string, choices: readonly string[] | null = null): Domain {
  const text = [question, ...(choices ?? [])].join('\n').slice(0, longest)
  const words = folded(text)
  let [best, most]: [Domain, number] = ['general', 0]
  for (const { domain, vocabulary } of vocabularies) {
    const score = mentions(words, vocabulary) + (shapes[domain]?.(text, words) ?? 0)
    if (score > most) [best, most] = [domain, score]
  }
  return best
}

/** Without case and accents, so that one spelling of a stem is enough. */
function folded(text: string): string {
  return text
    .toLowerCase()
    .replaceAll('ß', 'ss')
    .normalize('NFD')
    .replace(/\p{Mn}/gu, '')
}

/** How many different words of the vocabulary there are; six are as good as sixty. */
function mentions(words: string, vocabulary: RegExp): number {
  const found = new Set<string>()
  for (const [word] of words.matchAll(vocabulary)) {
    found.add(word)
    if (found.size === 6) break
  }
  return found.size
}

/** Stems match the beginning of a word; those that end in `.` the whole word. */
function vocabulary(...stems: readonly string[]): RegExp {
  const patterns = stems
    .flatMap((line) => line.split(' '))
    .map((stem) => stem.replaceAll('_', ' ').replace(/\.$/, '\\b'))
  return new RegExp(`\\b(?:${patterns.join('|')})`, 'g')
}

/** In the order in which a draw is decided. */
const vocabularies: readonly { domain: Domain; vocabulary: RegExp }[] = [
  {
    domain: 'code',
    vocabulary: vocabulary(
      'python javascript typescript java. rust. golang sql. c\\+\\+ html. css. regex bash. kotlin haskell php. numpy pandas',
      'function_return code. code_snippet codigo. programm programa_de programme_informatique compil debug refactor algorithm algoritm',
      'big-o time_complexity complexite_temporelle zeitkomplexitat complejidad_temporal array. linked_list hash_table hash_map stack_trace',
      'recursi boolean_expression unit_test git. docker kubernetes api. endpoint database_quer datenbank base_de_donnees base_de_datos',
      'print. hexadecimal binary_number binary_search two.s.complement stack. queue. pointer integer_overflow bitwise race_condition variable. compiler script. loop. boucle. schleife bucle.',
      'runtime_error syntax_error exception. null_pointer thread. mutex deadlock. print\\( return_value variable_name',
    ),
  },
  {
    domain: 'mathematics',
    vocabulary: vocabulary(
      'equation ecuacion gleichung polynom integral. integrat derivativ derivee derivada ableitung matrix. matrices matri[cz] determinant',
      'prime_number primzahl nombre_premier numero_primo divisib divisor. remainder. reste_de rest. resto. modulo. theorem. theoreme satz_von teorema',
      'triangle. triangulo dreieck hypotenus circumference perimeter perimetr umfang_ area_of_a radius. rayon. geometr algebra',
      'probabilit wahrscheinlichkeit_ square_root racine_carree quadratwurzel raiz_cuadrada logarith fraction. bruch. fraccion',
      'sum_of somme_d summe_der suma_de product_of produit_d produkt_ producto_de multipli vermehr calculate. calcul. calculez calcule. calcula. berechne',
      'solve_for resous. resoudre lose_die resuelve permutation combinations_of factorial fakultat arithmetic_sequence geometric_series',
      'integers. rectang rechteck circle. cercle. kreis. circulo angle. angles winkel angulo common_multiple common_divisor ordered_pairs how_many_ways different_orders log.',
      'percent_of pourcentage prozent_von por_ciento average_of arithmetic mathemat matemat',
    ),
  },
  {
    domain: 'medicine',
    vocabulary: vocabulary(
      'patient. patients paciente patientin symptom disease. diseases maladie krankheit enfermedad diagnos treatment_of traitement behandl tratamiento',
      'medicine. medicament medikament medicina arzneimittel drug. dosage dosis. dose. surger chirurg cirugia vaccin impfung vacuna antibiot',
      'infect cancer. krebs. tumor tumeur diabet hypertens blood_pressure tension_arterielle blutdruck presion_arterial cardiac herzinfarkt',
      'infarct fever. fievre fieber. fiebre. fetal pregnan schwanger embarazo grossesse vitamin_ insulin penicillin aspirin ibuprofen paracetamol',
      'blood. sang. blut. sangre. serum. plasma_ dose. doses pill. tablet_ syrup infusion injection insulin hormone thyroid gland kidney heart. breath lung. muscle_ bone. skin. brain.',
      'metaboli acidosis alkalosis agonist receptor half-life immun antibod allerg wound pain. ache. schmerz douleur. dolor. screening mortality incidence prevalence sensitivity',
      'clinical. doctor. medecin. arzt. medico. hospital therap anatom_ biopsy pneumonia asthma anemia stroke. artery arteria renal. liver. nerve.',
    ),
  },
  {
    domain: 'law',
    vocabulary: vocabulary(
      'law. laws legal legally lawful unlawful loi. droit_ juridi gesetz recht. rechtlich ley. leyes derecho court. tribunal gericht juzgado',
      'judge. juge. richter. juez. plaintiff defendant demandeur defendeur klager beklagt demandante demandado lawsuit litig sue. sued.',
      'contract. contrat. vertrag contrato. liabil haftung tort. neglig statute. constitution verfassung constitucion amendment. felony misdemeanor',
      'jurisdict attorney lawyer avocat. anwalt abogado landlord tenant. testament. inherit copyright patent. trademark gdpr. dsgvo. rgpd.',
      'clause. claim. claims creditor debtor owner. owns owed. heir. will_of rule. rules articles_require buyer seller offer. offeror acceptance warranty penalty_clause damages. breach guilty offence offense',
      'statutes entitled sentenc convict witness appeal appeals objection permit. obligation consent maxim deed. lease. surety jointly_liable possession good_faith',
      'crime. criminal_ code_civil bgb. strafrecht penal evidence_admiss hearsay treaty. notice_period kundigungsfrist preavis',
    ),
  },
  {
    domain: 'business',
    vocabulary: vocabulary(
      'business company. companies entreprise unternehmen empresa. market. markets marketing marche. markt. mercado revenue umsatz ingresos chiffre_d.affaires',
      'profit. profitab benefice gewinn. beneficio invest shareholder aktionar actionnaire accionista stock_price aktie. balance_sheet bilanz. bilan. balance_general',
      'accounting buchhaltung comptab contabil tax. taxes impot. steuer. impuesto inflation gdp. pib. bip. interest_rate taux_d.interet zinssatz tipo_de_interes',
      'econom wirtschaft supply_and_demand startup customer. kunde. clients. strateg manag supply_chain budget. cash_flow depreciat dividend',
      'price. prices cost. costs sales sold. sell. sells demand_ supply_ firm. firms assets equity liabilities invoice discount. instalment overhead break_even margin. wage. wages salary',
      'income. inventory present_value cash. depreciation lending interest. currency exchange_rate trade_ export import_ tariff competit productiv marginal ratio.',
      'loan. bond. bonds hedge. portfolio ebitda. merger. bankrupt insolven monopol gross_margin marge_brute pricing',
    ),
  },
  {
    domain: 'science',
    vocabulary: vocabulary(
      'physic physik fisica. physique. chemi chimi quimic biolog atom. atoms molec molek electron elektron proton. neutron. photon quantum quanten quantique cuantic',
      'gravit energy. energie energia force. kraft. fuerza velocity vitesse geschwindigkeit velocidad acceleration beschleunigung wavelength wellenlange longueur_d.onde',
      'photosynth cell. cells zelle. cellule celula dna. adn. dns. gene. genes genet evolution_ species. espece spezies especie. enzym protein',
      'planet. planets planete planeta star. stars etoile stern. estrella galax orbit. light_year boiling_point point_d.ebullition siedepunkt punto_de_ebullicion',
      'temperature_of element. periodic_table tableau_periodique periodensystem tabla_periodica chemical acid. saure. acide acido thermodynam entrop',
      'gas. gases pressure. ideal_gas heat. heated temperature. temperatures mass. mole. moles reaction. equilibrium catalyst ion. ions charge. charges nucle isotop alpha_particle chromosom',
      'lens. mirror. image. circuit resistor current. voltage. friction pendulum spring. wave. waves frequen sound. light. density volume. metal. water. ice. ball. balloon',
      'offspring allele recessive dominant_ heterozyg organism plant. plants animal. animals fossil soil. earth. moon. sun. sonne. soleil. sol. mond. lune. luna.',
      'sky_blue ecosystem climat. climate klima. bacteri virus. mineral. geolog tecton voltage_ magnet oxygen sauerstoff oxygene oxigeno scatter',
    ),
  },
  {
    domain: 'language',
    vocabulary: vocabulary(
      'translat tradui ubersetz traduc grammar grammaire grammatik gramatica synonym sinonimo antonym antonimo spell. spelled spelling spelt orthograph rechtschreib ortograf',
      'conjugat conjug konjug verb. verbs verbe. verbo. noun. adjective adverb adjectif adjektiv adjetivo substantif substantiv sustantivo pronoun pluriel plural. past_tense',
      'subjunctive subjonctif konjunktiv subjuntivo idiom. idioms redewendung modismo etymolog word. words mot. mots wort. worter palabra sentence. phrase. satz. frase. oracion',
      'mean_here what_is_meant passive_form active_voice tense. clause_ subject_of letter. letters lettre buchstabe letra grammatical completa. completez erganze he_said she_said expression.',
      'meaning_of signification bedeutet bedeutung significa dialect pronounc prononc aussprache rhyme. rime. reimt poem. haiku metaphor vowel consonant syllab silbe',
    ),
  },
  {
    domain: 'general',
    vocabulary: vocabulary(
      'capital_of capitale_d hauptstadt capital_de country. pays. land. pais. city. war. guerre krieg. guerra. president king. roi. konig. rey. queen',
      'histor geschicht geograph river. fleuve fluss. rio. mountain montagne berg. montana century siecle jahrhundert siglo movie film. pelicula actor',
      'olympi world_cup novel. author painter invented discover_america founded born. year_did annee_ jahr_ ano_ flag. population',
    ),
  },
]

const asksHowMany = /\b(?:how (?:many|much|old|far|long)|combien|wie ?viele?|cuant[oa]s?|quel age|que edad)\b/
const codeLike =
  /```|\bdef \w+\(|\bfunction\b.{0,40}\(|=>|\w+\(\)|[;{]\s*\n|#include|\bselect\b.{1,200}\bfrom\b|\bconsole\.log|\bfor \w+ in \w+/i
const formulaLike =
  /\d\s*(?:times|mal|fois|por)\s*\d|\\(?:frac|sqrt|int|sum|boxed|cdot)|\$[^$\n]{1,200}\$|\b[a-z]\^\d|\d\s*[-+*/×÷^=]\s*\(?-?\d|\b\d*[xyn]\s*[-+=]\s*\d/i

/** A sentence to be understood, and a question about it. */
const quotesLike =
  /["“„«][^"”“»]{12,}["”“»].{0,60}\b(?:mean|meant|means|said|say|follows|true|false|subject|correct)\b|^read:/i
const unitsLike = /\d\s?(?:°c|°f|k|kg|g|m\/s|m\/s²|km\/h|n|j|kj|w|kw|v|a|hz|nm|nc|pa|kpa|mol|u)\b|[₀-₉]/i
const dosesLike = /\d\s?(?:mg|mcg|µg|ml|mmol|mmhg|iu)\b/i

const shapes: Partial<Record<Domain, (text: string, words: string) => number>> = {
  code: (text) => (codeLike.test(text) ? 3 : 0),
  mathematics(text, words) {
    const numbers = (words.match(/\d[\d.,]*/g) ?? []).length
    return (formulaLike.test(text) ? 2 : 0) + (asksHowMany.test(words) && numbers >= 2 ? 1.5 : 0)
  },
  science: (text) => (unitsLike.test(text) ? 1 : 0),
  medicine: (text) => (dosesLike.test(text) ? 2 : 0),
  language: (text) => (quotesLike.test(text) ? 2 : 0),
}
