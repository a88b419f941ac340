import Testing

@testable import Web

/// What residents write becomes a few tags that do nothing by themselves.
@Suite("Markdown")
struct MarkdownTests {
    @Test(
        "what is written becomes what is meant",
        arguments: [
            (
                "a **b** *c* ~~d~~ `e`",
                "<p>a <strong>b</strong> <em>c</em> <del>d</del> <code>e</code></p>\n"
            ),
            ("one\ntwo\n\nthree", "<p>one<br>\ntwo</p>\n<p>three</p>\n"),
            ("- a\n- b", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>\n"),
            ("3. a\n4. b", "<ol start=\"3\">\n<li>a</li>\n<li>b</li>\n</ol>\n"),
            ("> a", "<blockquote><p>a</p>\n</blockquote>\n"),
            ("```js\" onload=\"x\na<b\n```", "<pre><code>a&lt;b\n</code></pre>\n"),
            (
                "| a | b |\n|:-|-:|\n| 1 | 2 |",
                "<table><thead><tr><th scope=\"col\">a</th><th scope=\"col\">b</th></tr></thead>\n"
                    + "<tbody><tr><td>1</td><td>2</td></tr></tbody>\n</table>\n"
            ),
            // The page keeps its one h1, and no heading is more than one level below the one before.
            ("# a\n### b\n# c", "<h3>a</h3>\n<h4>b</h4>\n<h3>c</h3>\n"),
            ("***\n", "<hr>\n"), ("", ""), ("l’été\0", "<p>l’été\u{FFFD}</p>\n"),
        ])
    func meaning(text: String, html: String) {
        #expect(Markdown.html(text) == html)
    }

    @Test(
        "a link leads to the web, to a mailbox, to a telephone or to a page of the service",
        arguments: [
            (
                "[a](https://ville.fr/x?a=b&c)",
                "<a href=\"https://ville.fr/x?a=b&amp;c\" rel=\"nofollow ugc noopener\">a</a>"
            ),
            (
                "https://ville.fr",
                "<a href=\"https://ville.fr\" rel=\"nofollow ugc noopener\">https://ville.fr</a>"
            ),
            ("[a](/votes)", "<a href=\"/votes\" rel=\"nofollow ugc noopener\">a</a>"),
            ("[a](mailto:a@b.fr)", "<a href=\"mailto:a@b.fr\" rel=\"nofollow ugc noopener\">a</a>"),
            (
                "[a](<https://x/\"onclick=\"y>)",
                "<a href=\"https://x/%22onclick=%22y\" rel=\"nofollow ugc noopener\">a</a>"
            ),
            ("[a](javascript:alert(1))", "a"), ("[a](JaVaScRiPt:alert(1))", "a"),
            ("[a](&#106;avascript:x)", "a"),
            ("[a](data:text/html,x)", "a"), ("[a](vbscript:x)", "a"), ("[a](file:///etc/passwd)", "a"),
            ("[a](//evil.example)", "a"), ("[a](/\\evil.example)", "a"), ("[a](x)", "a"),
            ("[a](#x)", "a"),
            // An image is not fetched: it is a link to it, by its words or its address.
            ("![b](https://x/y.png)", "<a href=\"https://x/y.png\" rel=\"nofollow ugc noopener\">b</a>"),
            ("![](https://x/y)", "<a href=\"https://x/y\" rel=\"nofollow ugc noopener\">https://x/y</a>"),
            ("![b](javascript:x)", "b"),
            (
                "[![b](https://x/y)](https://z)",
                "<a href=\"https://z\" rel=\"nofollow ugc noopener\">b</a>"
            ),
        ])
    func links(text: String, html: String) {
        #expect(Markdown.html(text) == "<p>\(html)</p>\n")
    }

    @Test(
        "HTML is shown as it was typed",
        arguments: [
            "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "<!-- a -->",
            "a <b onclick=\"x\">b</b>",
            "<style>*{display:none}</style>", "</div></main>", "<svg/onload=alert(1)>", "<![CDATA[x]]>",
            "<?php x ?>",
        ])
    func html(text: String) {
        #expect(Markdown.html(text) == "<p>\(text.escapedForHTML)</p>\n")
    }

    @Test(
        "a text made to be slow or deep is read soon and comes out small", .timeLimit(.minutes(1)),
        arguments: [
            String(repeating: ">", count: 20_000), String(repeating: "[", count: 20_000),
            String(repeating: "![", count: 10_000), String(repeating: "[a](", count: 5_000),
            String(repeating: "*a **a ", count: 2_800), String(repeating: "a@", count: 10_000),
            String(repeating: "x@y.z_", count: 3_300), String(repeating: "<!--", count: 5_000),
            (1...190).map { "e" + String(repeating: "`", count: $0) }.joined(),
            (0..<200).map { String(repeating: "  ", count: $0) + "- a" }.joined(separator: "\n"),
            // 4,000 rows that cmark would fill up to 3,000 cells each.
            String(repeating: "a|", count: 3_000) + "\n" + String(repeating: "-|", count: 3_000) + "\n"
                + String(repeating: "a\n", count: 4_000),
            "[x]: " + String(repeating: "u", count: 5_000) + "\n\n"
                + String(repeating: "[x]", count: 5_000),
            String(repeating: "a\n", count: 100_000),
        ])
    func bounds(text: String) {
        let began = ContinuousClock.now
        let html = Markdown.html(text)
        #expect(began.duration(to: .now) < .seconds(5))
        #expect(html.utf8.count < 10 * text.utf8.count + 1_000)
        _ = Markdown.plain(text)
    }

    @Test("the words alone, for letters, feeds and lists")
    func words() {
        let text =
            "# Un tilleul\n\nDe **l’ombre**,\nau [parc](https://x).\n\n- eau\n- banc\n\n```\na\n```\n<b>\n"
        #expect(
            Markdown.plain(text) == "Un tilleul\n\nDe l’ombre,\nau parc.\n\neau\n\nbanc\n\na\n\n<b>")
        #expect(Markdown.excerpt(text, characters: 30) == "Un tilleul De l’ombre, au…")
        #expect(Markdown.excerpt(String(repeating: "x", count: 99), characters: 10) == "xxxxxxxxx…")
        #expect(Markdown.excerpt("", characters: 10).isEmpty)
    }
}
