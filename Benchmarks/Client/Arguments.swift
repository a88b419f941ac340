import ArgumentParser

/// An argument of a command; not one of a debate.
typealias Argument = ArgumentParser.Argument
