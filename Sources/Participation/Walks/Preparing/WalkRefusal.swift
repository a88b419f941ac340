/// Why an act of preparing a walk is refused.
public enum WalkRefusal: Error, Hashable, Sendable {
    /// Without a title; or a handle that is malformed or another walk's.
    case untitled, malformedHandle, handleTaken
    /// It ends before it begins, or more than a day later.
    case endsBeforeItBegins
    /// The rain date is before the end.
    case rainDateTooEarly
    /// Observations would be taken until before the end; people could register after the beginning.
    case sheetClosesTooEarly, registrationClosesTooLate
    /// Not a number of places or of companions; fewer places than people who have one.
    case placesOutOfRange, companionsOutOfRange, placesTaken
    /// The walk before is not one of the process, or not before this one.
    case noSuchPreviousWalk, previousIsLater
    /// Somebody else has changed it since the form was shown.
    case changedMeanwhile
    /// Residents know its date: it is moved, so that they are told, and not merely rewritten.
    case dateIsKnown
    /// What has to be there before it is published is not.
    case notReady([WalkReadiness.Point])
    /// It is published already; or not yet.
    case published, notPublished
    /// It has been called off.
    case calledOff
    /// People have registered, have observed, or another walk follows it.
    case hasRegistrations, hasObservations, isFollowed
    /// No account has that address; or it has that role already.
    case noSuchAccount, roleHeld
    /// More themes, or more stops, than a walk has.
    case tooManyThemes, tooManyStops
    /// An observation stands under the theme, or at the stop, that would go.
    case themeInUse, stopInUse
    /// People have walked the route: it is corrected in words alone.
    case routeWalked
    /// A route of one point, one longer than ``RouteMeasure/longest``, or a stop without a title.
    case onePoint, routeTooLong, stopUntitled
}
