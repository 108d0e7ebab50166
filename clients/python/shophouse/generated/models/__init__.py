""" Contains all the data models used in inputs/outputs """

from .about import About
from .access_token import AccessToken
from .actor import Actor
from .address import Address
from .address_input import AddressInput
from .api_key import ApiKey
from .api_key_page import ApiKeyPage
from .audit_event import AuditEvent
from .audit_event_details import AuditEventDetails
from .audit_event_page import AuditEventPage
from .both_factors import BothFactors
from .credentials import Credentials
from .customer import Customer
from .customer_with_orders import CustomerWithOrders
from .customer_with_orders_page import CustomerWithOrdersPage
from .erasure import Erasure
from .factors import Factors
from .field_error import FieldError
from .first_code import FirstCode
from .forgotten import Forgotten
from .image import Image
from .import_ import Import
from .import_fault import ImportFault
from .import_kind import ImportKind
from .import_page import ImportPage
from .import_problem_type_0 import ImportProblemType0
from .import_products_on_conflict import ImportProductsOnConflict
from .import_products_stock import ImportProductsStock
from .import_products_variants import ImportProductsVariants
from .import_report import ImportReport
from .import_state import ImportState
from .invitation import Invitation
from .invitation_page import InvitationPage
from .invitation_token import InvitationToken
from .inviting_shop import InvitingShop
from .issued_api_key import IssuedApiKey
from .issued_invitation import IssuedInvitation
from .limit import Limit
from .links import Links
from .list_audit_events_event import ListAuditEventsEvent
from .list_my_activity_event import ListMyActivityEvent
from .list_orders_sort import ListOrdersSort
from .list_orders_status import ListOrdersStatus
from .list_products_sort import ListProductsSort
from .list_products_status import ListProductsStatus
from .list_storefront_products_sort import ListStorefrontProductsSort
from .logout import Logout
from .logout_scope import LogoutScope
from .member import Member
from .member_page import MemberPage
from .member_patch import MemberPatch
from .money import Money
from .movement import Movement
from .movement_page import MovementPage
from .my_invitation import MyInvitation
from .my_invitation_page import MyInvitationPage
from .new_api_key import NewApiKey
from .new_image import NewImage
from .new_member import NewMember
from .new_movement_by import NewMovementBy
from .new_movement_to import NewMovementTo
from .new_order import NewOrder
from .new_order_line import NewOrderLine
from .new_product import NewProduct
from .new_shop import NewShop
from .new_stock import NewStock
from .new_totp import NewTotp
from .new_variant import NewVariant
from .new_variant_options import NewVariantOptions
from .order import Order
from .order_event import OrderEvent
from .order_hold import OrderHold
from .order_line import OrderLine
from .order_line_options import OrderLineOptions
from .order_page import OrderPage
from .order_status import OrderStatus
from .password_change import PasswordChange
from .price import Price
from .problem import Problem
from .problem_code import ProblemCode
from .problem_report import ProblemReport
from .product import Product
from .product_page import ProductPage
from .product_patch import ProductPatch
from .product_patch_status import ProductPatchStatus
from .product_status import ProductStatus
from .profile import Profile
from .profile_patch import ProfilePatch
from .ready import Ready
from .ready_status import ReadyStatus
from .recovery_code_list import RecoveryCodeList
from .refresh import Refresh
from .registration import Registration
from .reset import Reset
from .role import Role
from .rotation import Rotation
from .scope import Scope
from .session import Session
from .session_page import SessionPage
from .shop import Shop
from .shop_confirmation import ShopConfirmation
from .shop_page import ShopPage
from .shop_patch import ShopPatch
from .shop_state import ShopState
from .sign_in_tokens import SignInTokens
from .storefront_product import StorefrontProduct
from .storefront_product_page import StorefrontProductPage
from .storefront_variant import StorefrontVariant
from .storefront_variant_options import StorefrontVariantOptions
from .switch import Switch
from .token_pair import TokenPair
from .token_type import TokenType
from .totp_factor import TotpFactor
from .totp_secret import TotpSecret
from .user import User
from .variant import Variant
from .variant_options import VariantOptions
from .variant_page import VariantPage
from .variant_patch import VariantPatch
from .variant_patch_compare_at_price_type_0 import VariantPatchCompareAtPriceType0
from .variant_patch_options import VariantPatchOptions
from .variant_patch_price import VariantPatchPrice
from .verify import Verify

__all__ = (
    "About",
    "AccessToken",
    "Actor",
    "Address",
    "AddressInput",
    "ApiKey",
    "ApiKeyPage",
    "AuditEvent",
    "AuditEventDetails",
    "AuditEventPage",
    "BothFactors",
    "Credentials",
    "Customer",
    "CustomerWithOrders",
    "CustomerWithOrdersPage",
    "Erasure",
    "Factors",
    "FieldError",
    "FirstCode",
    "Forgotten",
    "Image",
    "Import",
    "ImportFault",
    "ImportKind",
    "ImportPage",
    "ImportProblemType0",
    "ImportProductsOnConflict",
    "ImportProductsStock",
    "ImportProductsVariants",
    "ImportReport",
    "ImportState",
    "Invitation",
    "InvitationPage",
    "InvitationToken",
    "InvitingShop",
    "IssuedApiKey",
    "IssuedInvitation",
    "Limit",
    "Links",
    "ListAuditEventsEvent",
    "ListMyActivityEvent",
    "ListOrdersSort",
    "ListOrdersStatus",
    "ListProductsSort",
    "ListProductsStatus",
    "ListStorefrontProductsSort",
    "Logout",
    "LogoutScope",
    "Member",
    "MemberPage",
    "MemberPatch",
    "Money",
    "Movement",
    "MovementPage",
    "MyInvitation",
    "MyInvitationPage",
    "NewApiKey",
    "NewImage",
    "NewMember",
    "NewMovementBy",
    "NewMovementTo",
    "NewOrder",
    "NewOrderLine",
    "NewProduct",
    "NewShop",
    "NewStock",
    "NewTotp",
    "NewVariant",
    "NewVariantOptions",
    "Order",
    "OrderEvent",
    "OrderHold",
    "OrderLine",
    "OrderLineOptions",
    "OrderPage",
    "OrderStatus",
    "PasswordChange",
    "Price",
    "Problem",
    "ProblemCode",
    "ProblemReport",
    "Product",
    "ProductPage",
    "ProductPatch",
    "ProductPatchStatus",
    "ProductStatus",
    "Profile",
    "ProfilePatch",
    "Ready",
    "ReadyStatus",
    "RecoveryCodeList",
    "Refresh",
    "Registration",
    "Reset",
    "Role",
    "Rotation",
    "Scope",
    "Session",
    "SessionPage",
    "Shop",
    "ShopConfirmation",
    "ShopPage",
    "ShopPatch",
    "ShopState",
    "SignInTokens",
    "StorefrontProduct",
    "StorefrontProductPage",
    "StorefrontVariant",
    "StorefrontVariantOptions",
    "Switch",
    "TokenPair",
    "TokenType",
    "TotpFactor",
    "TotpSecret",
    "User",
    "Variant",
    "VariantOptions",
    "VariantPage",
    "VariantPatch",
    "VariantPatchCompareAtPriceType0",
    "VariantPatchOptions",
    "VariantPatchPrice",
    "Verify",
)
