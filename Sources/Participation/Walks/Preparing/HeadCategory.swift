/// What somebody who came to a walk is counted as; one person may be counted in several.
public enum HeadCategory: String, Sendable, CaseIterable {
    case residents, women, men, children, young, seniors
    case reducedMobility = "reduced_mobility"
    case associations, shopkeepers, elected, services, partners
}
