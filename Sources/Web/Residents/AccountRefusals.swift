import HTTPTypes
import Participation

/// The words for refusals about accounts: each reason finds the field it concerns.
extension FieldErrors {
    /// The errors of a form that asks for the password in the field `password` and for a new one in `newPassword`.
    /// What concerns neither name nor address is said at `password`.
    init(
        _ refused: Refused<AccountRefusal>, password: String = "password", newPassword: String = "password"
    ) {
        self.init()
        for reason in refused.reasons {
            switch reason {
            case .nameMissing: add("name", "residents.error.name_missing")
            case .nameTooLong(let maximum):
                add("name", "residents.error.name_too_long", ["maximum": "\(maximum)"])
            case .emailInvalid: add("email", "residents.error.email_invalid")
            case .emailUnchanged: add("email", "residents.error.email_unchanged")
            case .emailTaken: add(password, "residents.error.email_taken")
            case .password(.tooShort(let minimum)):
                add(newPassword, "residents.error.password_short", ["minimum": "\(minimum)"])
            case .password(.tooLong(let maximum)):
                add(newPassword, "residents.error.password_long", ["maximum": "\(maximum)"])
            case .password(.common): add(newPassword, "residents.error.password_common")
            case .password(.personal): add(newPassword, "residents.error.password_personal")
            case .wrongCredentials: add("email", "residents.error.wrong_credentials")
            case .wrongPassword: add(password, "residents.error.wrong_password")
            case .linkExpired: add(password, "residents.error.link_expired")
            case .tooManyAttempts(let seconds) where seconds < 60:
                add(password, "residents.error.wait_seconds", ["seconds": "\(seconds)"])
            case .tooManyAttempts(let seconds):
                add(password, "residents.error.wait_minutes", ["minutes": "\((seconds + 59) / 60)"])
            case .overloaded: add(password, "residents.error.overloaded")
            case .lastAdministrator: add(password, "residents.error.last_administrator")
            }
        }
    }
}

extension Refused<AccountRefusal> {
    /// 429 when the reader has to wait, 503 when the service is crowded, 422 otherwise.
    var status: HTTPResponse.Status {
        for reason in reasons {
            switch reason {
            case .tooManyAttempts: return .tooManyRequests
            case .overloaded: return .serviceUnavailable
            default: break
            }
        }
        return .unprocessableContent
    }
}
