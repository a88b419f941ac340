import Crypto
import Foundation

/// One change of a form, as an agent makes it. Sections and questions are named by their keys, so that it means the same
/// whatever somebody else has changed elsewhere in the form.
public enum FormEdit: Hashable, Sendable {
    /// What is moved, doubled or taken away.
    public enum Item: Hashable, Sendable {
        /// A section with its questions, or a question, by its key.
        case section(String), question(String)
    }

    /// A section at the end; a question at the end of a section.
    case addSection(title: Texts), addQuestion(QuestionnaireForm.Kind, title: Texts, section: String)
    /// One place up or down. A question leaves its section at the end of it.
    case raise(Item), sink(Item)
    /// A copy right behind; conditions inside a copied section look at the copies.
    case double(Item)
    /// Away with it.
    case remove(Item)
    /// The words and the condition of a section; its questions stay. `seal` is that of the section as the form showed it.
    case writeSection(QuestionnaireForm.Section, seal: String)
    /// A question, in the section with the key. `seal` is that of the question as the form showed it.
    case writeQuestion(QuestionnaireForm.Question, section: String, seal: String)
    /// Texts in other languages than French, by their places; see ``FormText``.
    case translate([String: Texts])
    /// Everything anew, as a file or another questionnaire has it.
    case replace(QuestionnaireForm)
}

extension QuestionnaireForm {
    /// Changes the form, and returns the key of what the change concerns: that of the new section or question.
    ///
    /// - Throws: `QuestionnaireRefusal.changedMeanwhile` where what the edit names is not there any more, or is not as the
    ///   form showed it.
    @discardableResult
    public mutating func apply(_ edit: FormEdit) throws(QuestionnaireRefusal) -> String? {
        switch edit {
        case .addSection(let title):
            let key: String = newSectionKey(title)
            sections.append(Section(key: key, title: title))
            return key
        case .addQuestion(let kind, let title, let section):
            guard let place = sections.firstIndex(where: { $0.key == section }) else { throw .changedMeanwhile }
            let question = Question(key: newQuestionKey(title), kind: kind, title: title)
            sections[place].questions.append(question.withUsualValues)
            return question.key
        case .raise(let item): return try move(item, by: -1)
        case .sink(let item): return try move(item, by: 1)
        case .double(let item): return try double(item)
        case .remove(let item): return try remove(item)
        case .writeSection(let section, let seal):
            guard let place = sections.firstIndex(where: { $0.key == section.key }), sections[place].seal == seal else {
                throw .changedMeanwhile
            }
            var written: Section = section
            written.questions = sections[place].questions
            sections[place] = written
            return section.key
        case .writeQuestion(let question, let section, let seal): return try write(question, in: section, seal)
        case .translate(let texts):
            translate(texts)
            return nil
        case .replace(let form):
            self = form
            return nil
        }
    }

    private func place(of key: String) throws(QuestionnaireRefusal) -> (section: Int, question: Int) {
        for (index, section) in sections.enumerated() {
            if let question = section.questions.firstIndex(where: { $0.key == key }) { return (index, question) }
        }
        throw .changedMeanwhile
    }

    private func place(ofSection key: String) throws(QuestionnaireRefusal) -> Int {
        guard let place = sections.firstIndex(where: { $0.key == key }) else { throw .changedMeanwhile }
        return place
    }

    private mutating func write(
        _ question: Question, in section: String, _ seal: String
    ) throws(QuestionnaireRefusal) -> String {
        let at = try place(of: question.key)
        let target: Int = try place(ofSection: section)
        guard sections[at.section].questions[at.question].seal == seal else { throw .changedMeanwhile }
        if at.section == target {
            sections[target].questions[at.question] = question.tidied
        } else {
            sections[at.section].questions.remove(at: at.question)
            sections[target].questions.append(question.tidied)
        }
        return question.key
    }

    private mutating func move(_ item: FormEdit.Item, by step: Int) throws(QuestionnaireRefusal) -> String {
        switch item {
        case .section(let key):
            let at: Int = try place(ofSection: key)
            if sections.indices.contains(at + step) { sections.swapAt(at, at + step) }
            return key
        case .question(let key):
            let at = try place(of: key)
            if sections[at.section].questions.indices.contains(at.question + step) {
                sections[at.section].questions.swapAt(at.question, at.question + step)
            } else if sections.indices.contains(at.section + step) {
                let question: Question = sections[at.section].questions.remove(at: at.question)
                let entry: Int = step < 0 ? sections[at.section - 1].questions.count : 0
                sections[at.section + step].questions.insert(question, at: entry)
            }
            return key
        }
    }

    private mutating func remove(_ item: FormEdit.Item) throws(QuestionnaireRefusal) -> String? {
        switch item {
        case .section(let key): sections.remove(at: try place(ofSection: key))
        case .question(let key):
            let at = try place(of: key)
            sections[at.section].questions.remove(at: at.question)
        }
        return nil
    }

    private mutating func double(_ item: FormEdit.Item) throws(QuestionnaireRefusal) -> String {
        switch item {
        case .question(let key):
            let at = try place(of: key)
            var copy: Question = sections[at.section].questions[at.question]
            copy.key = newQuestionKey(copy.title)
            // Two questions cannot say the same of somebody.
            copy.meaning = nil
            sections[at.section].questions.insert(copy, at: at.question + 1)
            return copy.key
        case .section(let key):
            let at: Int = try place(ofSection: key)
            var copy: Section = sections[at]
            copy.key = newSectionKey(copy.title)
            var taken: Set<String> = Set(questions.map(\.key))
            var renamed: [String: String] = [:]
            for question in copy.questions {
                let new: String = Slug.made(
                    of: question.title(.french), avoiding: taken, nameless: "question")
                renamed[question.key] = new
                taken.insert(new)
            }
            copy.questions = copy.questions.map { question in
                var question: Question = question
                question.key = renamed[question.key] ?? question.key
                question.meaning = nil
                let tests: [Condition.Test] = question.condition?.tests ?? []
                question.condition?.tests = tests.map { test in
                    var test: Condition.Test = test
                    test.question = renamed[test.question] ?? test.question
                    return test
                }
                return question
            }
            sections.insert(copy, at: at + 1)
            return copy.key
        }
    }

    private func newSectionKey(_ title: Texts) -> String {
        Slug.made(of: title(.french), avoiding: Set(sections.map(\.key)), nameless: "section")
    }

    private func newQuestionKey(_ title: Texts) -> String {
        Slug.made(of: title(.french), avoiding: Set(questions.map(\.key)), nameless: "question")
    }
}

extension QuestionnaireForm.Section {
    /// What tells whether its words or its condition have changed since a form showed them.
    public var seal: String {
        var alone: Self = self
        alone.questions = []
        return FormSeal.of(alone)
    }
}

extension QuestionnaireForm.Question {
    /// What tells whether it has changed since a form showed it.
    public var seal: String { FormSeal.of(self) }

    /// What a new question of its kind begins with.
    fileprivate var withUsualValues: Self {
        var question: Self = self
        if kind == .scale { (question.lowest, question.highest) = ("1", "5") }
        return question
    }

    /// The question without what its kind has no use for.
    public var tidied: Self {
        var tidy = Self(key: key, kind: kind, title: title)
        (tidy.help, tidy.condition) = (help, condition)
        tidy.isRequired = isRequired && kind != .information
        if kind.hasOptions { tidy.options = options }
        if kind == .matrix { tidy.rows = rows }
        if [.single, .multiple].contains(kind) { tidy.hasOther = hasOther }
        if [.multiple, .ranking].contains(kind) { (tidy.least, tidy.most) = (least, most) }
        if [.scale, .number].contains(kind) { (tidy.lowest, tidy.highest) = (lowest, highest) }
        if kind == .scale { (tidy.lowestMeans, tidy.highestMeans) = (lowestMeans, highestMeans) }
        if kind == .number { (tidy.decimals, tidy.unit) = (decimals, unit) }
        if kind == .date { (tidy.earliest, tidy.latest) = (earliest, latest) }
        if kind == .single { tidy.meaning = meaning }
        return tidy
    }
}

/// A short name of a value that changes with it.
private enum FormSeal {
    static func of(_ value: some Encodable) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        // Forms are made of strings, numbers and lists of them: they always have a JSON form.
        let digest = SHA256.hash(data: try! encoder.encode(value))
        return digest.prefix(8).map { $0 < 16 ? "0\(String($0, radix: 16))" : String($0, radix: 16) }.joined()
    }
}
