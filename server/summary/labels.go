package summary

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"rostrum/queue"
	"rostrum/static"
)

// labels are the words of a summary in one language.
type labels struct {
	title, draft, date, venue                  string
	theme, moderator, panellists, speakers     string
	interventions, participants, nobody        string
	points, otherPoints                        string
	orders, replies, sustained, overruled      string
	unreached                                  string
	annex, statistics, corrections, statements string
	time, speaker, kind, used, limit           string
	overtime, waited, notReached               string
	longest, median, all                       string
	behalf, language, started, ended, reason   string
	void                                       string // a correction of an end that was taken back
	clockSet, clockStays                       string // %[1]s when the clock was set, %[2]s by how much, %[3]s from when on times are by it
	months                                     [12]string
	day                                        string // of a date: %[1]d day, %[2]s month, %[3]d year
	quoted                                     string // a text in the language's quotation marks
	comma, semicolon, colon                    string
}

// word are the labels by language.
func word(language string) labels {
	switch language {
	case "fr":
		return labels{
			title: "Résumé du Président", draft: "Projet établi à partir du compte rendu du débat", date: "Date", venue: "Lieu",
			theme: "Thème", moderator: "Modérateur", panellists: "Intervenants", speakers: "Orateurs",
			interventions: "Interventions", participants: "Participants", nobody: "Aucune intervention.",
			points: "Points soulevés", otherPoints: "Autres points",
			orders: "Motions d’ordre", replies: "Droits de réponse", sustained: "acceptée", overruled: "rejetée",
			unreached: "Ont demandé la parole et n’ont pu être entendus",
			annex:     "Annexe : liste des orateurs", statistics: "Statistiques", corrections: "Corrections", statements: "Déclarations écrites",
			time: "Heure", speaker: "Orateur", kind: "Nature", used: "Durée", limit: "Temps imparti",
			overtime: "Dépassement", waited: "Attente", notReached: "Non entendus",
			longest: "Attente la plus longue", median: "Attente médiane", all: "Total",
			behalf: "au nom de", language: "langue", started: "début", ended: "fin", reason: "motif", void: "d’une fin annulée",
			clockSet:   "À %[1]s, l’horloge du serveur a été réglée de %[2]s. Les heures antérieures à %[3]s sont celles de l’horloge d’avant.",
			clockStays: "À %[1]s, l’horloge du serveur a été réglée de %[2]s. Les heures restent celles de l’horloge d’avant.",
			months:     [12]string{"janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre", "décembre"},
			day:        "%[1]d %[2]s %[3]d", quoted: "« %s »",
			comma: ", ", semicolon: " ; ", colon: " : ",
		}
	case "es":
		return labels{
			title: "Resumen de la Presidencia", draft: "Proyecto preparado a partir del acta del debate", date: "Fecha", venue: "Lugar",
			theme: "Tema", moderator: "Moderación", panellists: "Panelistas", speakers: "Oradores",
			interventions: "Intervenciones", participants: "Participantes", nobody: "No hubo intervenciones.",
			points: "Cuestiones planteadas", otherPoints: "Otras cuestiones",
			orders: "Cuestiones de orden", replies: "Derechos a contestar", sustained: "aceptada", overruled: "desestimada",
			unreached: "Pidieron la palabra y no llegaron a intervenir",
			annex:     "Anexo: lista de oradores", statistics: "Estadísticas", corrections: "Correcciones", statements: "Declaraciones escritas",
			time: "Hora", speaker: "Orador", kind: "Tipo", used: "Duración", limit: "Límite",
			overtime: "Exceso", waited: "Espera", notReached: "Sin intervenir",
			longest: "Espera más larga", median: "Espera mediana", all: "Total",
			behalf: "en nombre de", language: "idioma", started: "comienzo", ended: "fin", reason: "motivo", void: "de un fin que se deshizo",
			clockSet:   "A las %[1]s el reloj del servidor se ajustó %[2]s. Las horas anteriores a las %[3]s son las del reloj de antes.",
			clockStays: "A las %[1]s el reloj del servidor se ajustó %[2]s. Las horas siguen siendo las del reloj de antes.",
			months:     [12]string{"enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre", "octubre", "noviembre", "diciembre"},
			day:        "%[1]d de %[2]s de %[3]d", quoted: "“%s”",
			comma: ", ", semicolon: "; ", colon: ": ",
		}
	case "ru":
		return labels{
			title: "Резюме Председателя", draft: "Проект, подготовленный по протоколу дискуссии", date: "Дата", venue: "Место проведения",
			theme: "Тема", moderator: "Модератор", panellists: "Участники дискуссии", speakers: "Ораторы",
			interventions: "Выступления", participants: "Участники", nobody: "Выступлений не было.",
			points: "Затронутые вопросы", otherPoints: "Прочие вопросы",
			orders: "Выступления по порядку ведения заседания", replies: "Выступления в порядке осуществления права на ответ", sustained: "удовлетворено", overruled: "отклонено",
			unreached: "Просили слова и не выступили",
			annex:     "Приложение: список ораторов", statistics: "Статистика", corrections: "Исправления", statements: "Письменные заявления",
			time: "Время", speaker: "Оратор", kind: "Вид", used: "Длительность", limit: "Регламент",
			overtime: "Превышение", waited: "Ожидание", notReached: "Не выступили",
			longest: "Самое долгое ожидание", median: "Медианное ожидание", all: "Всего",
			behalf: "от имени", language: "язык", started: "начало", ended: "конец", reason: "причина", void: "относилось к отменённому окончанию",
			clockSet:   "В %[1]s часы сервера переведены на %[2]s. Время до %[3]s указано по прежним часам.",
			clockStays: "В %[1]s часы сервера переведены на %[2]s. Время по-прежнему указывается по прежним часам.",
			months:     [12]string{"января", "февраля", "марта", "апреля", "мая", "июня", "июля", "августа", "сентября", "октября", "ноября", "декабря"},
			day:        "%[1]d %[2]s %[3]d года", quoted: "«%s»",
			comma: ", ", semicolon: "; ", colon: ": ",
		}
	case "ar":
		return labels{
			title: "موجز أعده الرئيس", draft: "مشروع أُعد استنادا إلى محضر المناقشة", date: "التاريخ", venue: "المكان",
			theme: "الموضوع", moderator: "مدير الحلقة", panellists: "المحاورون", speakers: "المتكلمون",
			interventions: "المداخلات", participants: "المشاركون", nobody: "لم تكن هناك مداخلات.",
			points: "النقاط المثارة", otherPoints: "نقاط أخرى",
			orders: "نقاط النظام", replies: "ممارسة حق الرد", sustained: "قُبلت", overruled: "رُفضت",
			unreached: "طلبوا الكلمة ولم يتسن إعطاؤهم إياها",
			annex:     "المرفق: قائمة المتكلمين", statistics: "الإحصاءات", corrections: "التصويبات", statements: "البيانات الخطية",
			time: "الوقت", speaker: "المتكلم", kind: "النوع", used: "المدة", limit: "الحد الزمني",
			overtime: "التجاوز", waited: "الانتظار", notReached: "لم يتكلموا",
			longest: "أطول انتظار", median: "وسيط الانتظار", all: "المجموع",
			behalf: "باسم", language: "اللغة", started: "البداية", ended: "النهاية", reason: "السبب", void: "كان لنهاية أُلغيت",
			clockSet:   "عند %[1]s ضُبطت ساعة الخادم بمقدار %[2]s. الأوقات قبل %[3]s هي حسب الساعة السابقة.",
			clockStays: "عند %[1]s ضُبطت ساعة الخادم بمقدار %[2]s. تستمر الأوقات حسب الساعة السابقة.",
			months:     [12]string{"كانون الثاني/يناير", "شباط/فبراير", "آذار/مارس", "نيسان/أبريل", "أيار/مايو", "حزيران/يونيه", "تموز/يوليه", "آب/أغسطس", "أيلول/سبتمبر", "تشرين الأول/أكتوبر", "تشرين الثاني/نوفمبر", "كانون الأول/ديسمبر"},
			day:        "%[1]d %[2]s %[3]d", quoted: "”%s“",
			comma: "، ", semicolon: "؛ ", colon: ": ",
		}
	case "zh":
		return labels{
			title: "主席的总结", draft: "根据辩论记录编写的草稿", date: "日期", venue: "地点",
			theme: "主题", moderator: "主持人", panellists: "专题讨论者", speakers: "发言者",
			interventions: "发言次数", participants: "发言方", nobody: "无人发言。",
			points: "提出的要点", otherPoints: "其他要点",
			orders: "程序问题", replies: "行使答辩权", sustained: "成立", overruled: "不成立",
			unreached: "要求发言但未轮到者",
			annex:     "附件：发言者名单", statistics: "统计", corrections: "更正", statements: "书面发言",
			time: "时间", speaker: "发言者", kind: "类别", used: "用时", limit: "时限",
			overtime: "超时", waited: "等待", notReached: "未轮到",
			longest: "最长等待", median: "等待中位数", all: "合计",
			behalf: "代表", language: "语言", started: "开始", ended: "结束", reason: "理由", void: "针对已撤销的结束",
			clockSet:   "%[1]s，服务器时钟被调整了%[2]s。%[3]s之前的时间按调整前的时钟。",
			clockStays: "%[1]s，服务器时钟被调整了%[2]s。之后的时间仍按调整前的时钟。",
			months:     [12]string{"1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12"},
			day:        "%[3]d年%[2]s月%[1]d日", quoted: "“%s”",
			comma: "，", semicolon: "；", colon: "：",
		}
	}
	return labels{
		title: "President’s summary", draft: "Draft prepared from the record of the debate", date: "Date", venue: "Venue",
		theme: "Theme", moderator: "Moderator", panellists: "Panellists", speakers: "Speakers",
		interventions: "Interventions", participants: "Participants", nobody: "There were no interventions.",
		points: "Points made", otherPoints: "Other points",
		orders: "Points of order", replies: "Rights of reply", sustained: "sustained", overruled: "overruled",
		unreached: "Asked for the floor and were not reached",
		annex:     "Annex: list of speakers", statistics: "Statistics", corrections: "Corrections", statements: "Written statements",
		time: "Time", speaker: "Speaker", kind: "Kind", used: "Used", limit: "Limit",
		overtime: "Overtime", waited: "Waited", notReached: "Not reached",
		longest: "Longest wait", median: "Median wait", all: "In all",
		behalf: "on behalf of", language: "language", started: "start", ended: "end", reason: "reason", void: "of an end that was taken back",
		clockSet:   "At %[1]s the server's clock was set by %[2]s. Times before %[3]s are by the clock as it was before.",
		clockStays: "At %[1]s the server's clock was set by %[2]s. The times go on by the clock as it was before.",
		months:     [12]string{"January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"},
		day:        "%[1]d %[2]s %[3]d", quoted: "“%s”",
		comma: ", ", semicolon: "; ", colon: ": ",
	}
}

// dated writes a date such as 2008-06-03 as the language does.
func (l labels) dated(date string) string {
	day, err := time.Parse(time.DateOnly, date)
	if err != nil {
		return date
	}
	return fmt.Sprintf(l.day, day.Day(), l.months[day.Month()-1], day.Year())
}

// ruling is the word for a ruling, "" for none.
func (l labels) ruling(r queue.Ruling) string {
	switch r {
	case queue.Sustained:
		return l.sustained
	case queue.Overruled:
		return l.overruled
	}
	return ""
}

// pageWords are the words that the pages have too: for kinds and categories.
func pageWords(language string) (map[string]string, error) {
	text, err := static.Files.ReadFile("messages/" + language + "/common.json")
	if err != nil {
		return nil, fmt.Errorf("reading the words of %s: %w", language, err)
	}
	var all map[string]any // some are objects, by plural
	if err := json.Unmarshal(text, &all); err != nil {
		return nil, fmt.Errorf("reading the words of %s: %w", language, err)
	}
	words := make(map[string]string)
	for key, value := range all {
		if word, ok := value.(string); ok && (strings.HasPrefix(key, "kind.") || strings.HasPrefix(key, "category.")) {
			words[key] = word
		}
	}
	return words, nil
}
