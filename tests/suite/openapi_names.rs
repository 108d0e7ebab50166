//! The names of the operations: methods of the clients that are generated from the document.

use crate::openapi::operations;

/// Written once and never reworded: whoever changes a name here breaks every client that calls it.
const NAMES: &[&str] = &[
    "cancelImport",
    "getImport",
    "listImports",
    "acceptInvitation",
    "acceptInvitationByToken",
    "addVariant",
    "beginTotp",
    "cancelOrder",
    "changeMyPassword",
    "checkLiveness",
    "checkReadiness",
    "confirmTotp",
    "createApiKey",
    "createProduct",
    "declineInvitation",
    "declineInvitationByToken",
    "deleteProduct",
    "deleteShop",
    "deleteVariant",
    "endMySession",
    "eraseMe",
    "exportProducts",
    "fulfilOrder",
    "fulfillOrder",
    "getApiKey",
    "getCustomer",
    "getInvitation",
    "getMe",
    "getMetrics",
    "getMyFactors",
    "getOrder",
    "getProduct",
    "getProductVariant",
    "getService",
    "getShop",
    "getStorefrontProduct",
    "getVariant",
    "holdOrder",
    "importProducts",
    "importStock",
    "inviteMember",
    "joinShop",
    "listApiKeys",
    "listAuditEvents",
    "listCustomers",
    "listInvitations",
    "listMembers",
    "listMyActivity",
    "listMyInvitations",
    "listMySessions",
    "listMyShops",
    "listOrders",
    "listProductVariants",
    "listProducts",
    "listStockMovements",
    "listStorefrontProducts",
    "logIn",
    "logOut",
    "moveStock",
    "openShop",
    "payOrder",
    "placeOrder",
    "refreshTokens",
    "refundOrder",
    "register",
    "removeMember",
    "removeTotp",
    "replaceProduct",
    "replaceRecoveryCodes",
    "requestPasswordReset",
    "resendInvitation",
    "resendVerification",
    "resetPassword",
    "restoreShop",
    "revokeApiKey",
    "revokeInvitation",
    "rotateApiKey",
    "switchShop",
    "updateMe",
    "updateMember",
    "updateProduct",
    "updateShop",
    "updateVariant",
    "verifyEmail",
];

#[test]
fn every_operation_has_the_name_that_clients_know() {
    let mut names: Vec<&str> =
        operations().map(|(_, operation)| operation["operationId"].as_str().unwrap()).collect();
    names.sort_unstable();
    let missing: Vec<_> = NAMES.iter().filter(|name| !names.contains(name)).collect();
    assert!(missing.is_empty(), "clients call these, which are gone: {missing:?}");
    let new: Vec<_> = names.iter().filter(|name| !NAMES.contains(name)).collect();
    assert!(new.is_empty(), "add these to the list, when they are as they are to stay: {new:?}");
}

#[test]
fn a_name_is_a_verb_and_what_it_acts_on() {
    for name in NAMES {
        assert!(name.starts_with(|first: char| first.is_ascii_lowercase()), "{name}");
        assert!(name.bytes().all(|byte| byte.is_ascii_alphanumeric()), "{name}");
    }
}
