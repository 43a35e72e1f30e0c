#include "probes/auth/answer_tone.hpp"

#include <algorithm>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "probes/text/ascii.hpp"

namespace sonde::auth {
namespace {

using ToneWords = std::span<const std::string_view>;

constexpr std::size_t toned_bytes_max = 512;  // a longer text is no message

bool is_tone_word(std::string_view word, ToneWords words) {
  return std::ranges::find(words, word) != words.end();
}

// The words of a text, in lower case: also "LoginFailed", "MFA_REQUIRED", "isLockedOut".
std::vector<std::string> words_in(std::string_view text) {
  const auto is_part = [](char c) { return text::is_alphanumeric(c) || c < 0; };
  std::vector<std::string> words;
  bool goes_on = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const bool after_small = i > 0 && text::is_upper(c) && !text::is_upper(text[i - 1]);
    const bool last_capital = i > 0 && i + 1 < text.size() && text::is_upper(c) &&
                              text::is_upper(text[i - 1]) && text::is_letter(text[i + 1]) &&
                              !text::is_upper(text[i + 1]);
    if (!is_part(c)) {
      goes_on = false;
      continue;
    }
    if (!goes_on || after_small || last_capital) words.emplace_back();
    words.back() += text::lower(c);
    goes_on = true;
  }
  return words;
}

constexpr std::string_view bad_words[] = {
    "error",        "errors",          "err",       "fail",         "fails",    "failed",
    "failure",      "failures",        "invalid",   "incorrect",    "wrong",    "denied",
    "refused",      "rejected",        "forbidden", "unauthorized", "locked",   "unauthorised",
    "lockout",      "unauthenticated", "expired",   "blocked",      "disabled", "suspended",
    "banned",       "deactivated",     "mismatch",  "bad",          "unknown",  "cannot",
    "unsuccessful", "unable",          "exception", "unverified",   "ko"};
// In other languages than English.
constexpr std::string_view bad_words_of_others[] = {
    "fehler",     "falsch",      "fehlgeschlagen", "erreur",     "invalide",    "incorrecte",
    "incorrecto", "incorrecta",  "errores",        "erreurs",    "errori",      "erros",
    "erro",       "gesperrt",    "abgelehnt",      "verweigert", "deaktiviert", "bloqué",
    "refusé",     "refusée",     "verrouillé",     "bloqueado",  "bloqueada",   "denegado",
    "denegada",   "negado",      "errado",         "errada",     "inválida",    "bloccato",
    "negato",     "errata",      "errato",         "sbagliata",  "onjuist",     "ongeldig",
    "geweigerd",  "geblokkeerd", "błąd",           "odmowa",     "hatalı",      "geçersiz",
    "hata"};
constexpr std::string_view good_words[] = {
    "success",  "successful",    "successfully", "succeeded", "succeed",    "ok",
    "okay",     "passed",        "complete",     "completed", "correct",    "valid",
    "accepted", "authenticated", "approved",     "granted",   "authorized", "welcome",
    "none",     "authorised",    "done",         "ack",       "processed",  "exitoso",
    "exitosa",  "sucesso",       "réussie",      "réussi",    "erfolgt"};
// They say something only with a negation: "user not found".
constexpr std::string_view wanted_words[] = {
    "found",      "exist",   "exists",   "match",     "registered", "matches", "permitted",
    "recognized", "allowed", "verified", "activated", "active",     "enrolled"};
constexpr std::string_view negations[] = {
    "no",    "not",   "non",    "without", "0",     "zero", "isn",    "doesn", "didn",
    "never", "wasn",  "nor",    "neither", "haven", "aren", "kein",   "keine", "nicht",
    "ohne",  "aucun", "aucune", "sans",    "pas",   "sin",  "ninguna"};
// Of scripts without blanks, and of languages with many endings.
constexpr std::string_view bad_pieces[] = {
    "错误",  "失败",     "不正确", "不存在", "无效",    "过期",      "锁定",     "禁用",
    "誤り",  "失敗",     "неверн", "ошибк",  "inválid", "nieprawid", "ungültig", "échec",
    "échou", "thất bại", "未完成", "不正常", "异常",    "拒绝",      "拒否",     "заблокир",
    "отказ", "차단",     "거부",   "異常",   "비정상",  "실패",      "오류",     "не выполн"};
constexpr std::string_view good_pieces[] = {"成功",        "正确", "успешно", "thành công",
                                            "erfolgreich", "正常", "完成",    "完毕",
                                            "정상",        "성공", "выполнен"};
// In a status: something else is wanted first.
constexpr std::string_view pending_words[] = {"mfa",       "2fa",    "totp",         "otp",
                                              "required",  "factor", "verification", "tfa",
                                              "challenge", "needs",  "pending"};
// What was wanted has come.
constexpr std::string_view settled_words[] = {"verified", "enrolled",  "enabled",
                                              "passed",   "satisfied", "done"};
constexpr std::string_view account_words[] = {"email", "mail",         "phone",   "profile",
                                              "trial", "subscription", "billing", "payment",
                                              "kyc",   "unverified"};
constexpr std::string_view factor_words[] = {"mfa",    "2fa",       "totp",     "otp",  "tfa",
                                             "factor", "challenge", "required", "needs"};

bool has_any(const std::vector<std::string>& words, ToneWords wanted) {
  return std::ranges::any_of(words, [&](const auto& word) { return is_tone_word(word, wanted); });
}

// Whether letters of both cases and digits change as in no words: often other than from a capital
// to a small letter, or with digits between letters more than once.
bool is_random(std::string_view text) {
  constexpr std::size_t shortest = 12;
  constexpr double changes_in_words = 0.3;  // of all pairs of neighbours
  if (text.size() < shortest || !std::ranges::all_of(text, [](char c) { return c > ' '; }))
    return false;
  enum class Class : std::uint8_t { other, small, capital, digit };
  const auto class_of = [](char c) {
    if (text::is_digit(c)) return Class::digit;
    if (!text::is_letter(c)) return Class::other;
    return text::is_lower(c) ? Class::small : Class::capital;
  };
  int changes = 0, pairs = 0, digits_between = 0;
  bool letter_before = false;  // the digits that end here
  for (std::size_t i = 1; i < text.size(); ++i) {
    const Class before = class_of(text[i - 1]), now = class_of(text[i]);
    if (before == Class::other || now == Class::other) {
      letter_before = false;
      continue;
    }
    ++pairs;
    changes += before != now && !(before == Class::capital && now == Class::small);
    if (now == Class::digit && before != Class::digit) letter_before = true;
    digits_between += letter_before && before == Class::digit && now != Class::digit;
  }
  return digits_between > 1 || changes >= changes_in_words * std::max(pairs, 1);
}

bool has_piece(std::string_view text, ToneWords pieces) {
  return std::ranges::any_of(pieces, [&](auto piece) { return text.contains(piece); });
}

}  // namespace

Tone tone_of(std::string_view text) {
  constexpr int reach = 3;  // of a negation, in words
  if (text.size() > toned_bytes_max || text.contains("://") || is_random(text))
    return Tone::neutral;
  bool good = false;
  int negated = 0;
  for (const std::string& word : words_in(text)) {
    const bool is_bad = is_tone_word(word, bad_words) || is_tone_word(word, bad_words_of_others);
    const bool is_good = is_tone_word(word, good_words);
    if (negated > 0 ? is_good || is_tone_word(word, wanted_words) : is_bad) return Tone::bad;
    good |= is_bad || is_good;
    negated = is_tone_word(word, negations) ? reach : is_bad ? 0 : std::max(negated - 1, 0);
  }
  const std::string small = text::lowered(text);
  if (has_piece(small, bad_pieces)) return Tone::bad;
  return good || has_piece(small, good_pieces) ? Tone::good : Tone::neutral;
}

bool is_pending(std::string_view status) {
  if (status.size() > toned_bytes_max || is_random(status) || tone_of(status) == Tone::good)
    return false;
  const auto words = words_in(status);
  return has_any(words, pending_words) && !has_any(words, settled_words);
}

bool is_of_account(std::string_view status) {
  if (status.size() > toned_bytes_max || is_random(status)) return false;
  const auto words = words_in(status);
  return has_any(words, account_words) && !has_any(words, factor_words);
}

}  // namespace sonde::auth
