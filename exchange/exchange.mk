# SPDX-License-Identifier: BSD-2-Clause
# The exchange's part of mk/app.mk, for an application with EXCHANGE = 1. The
# service calls below, where the application calls them, become those of
# exchange/, by the linker; in one without EXCHANGE nothing changes.
# A port's port.mk names in PORT_EXCHANGE_SRCS what carries out exchange/host.h.

ifeq ($(PORT_EXCHANGE_SRCS),)
$(error EXCHANGE = 1: PORT=$(PORT) has no other side to exchange data with; PORT=posix has)
endif

EXCHANGE_WRAPPED := snd_dtq psnd_dtq ipsnd_dtq tsnd_dtq fsnd_dtq ifsnd_dtq rcv_dtq prcv_dtq trcv_dtq \
	sig_sem isig_sem wai_sem pol_sem twai_sem set_flg iset_flg clr_flg snd_mbx rel_mpf
EXCHANGE_SRCS := $(wildcard $(UNITRON)/exchange/*.c) $(PORT_EXCHANGE_SRCS)
EXCHANGE_OBJS := $(foreach s,$(EXCHANGE_SRCS),$(LIBDIR)/exchange-$(basename $(notdir $(s))).o)

APP_CFLAGS += -DUNITRON_EXCHANGE
APP_OBJS += $(EXCHANGE_OBJS)
LINK_WRAPPED += $(EXCHANGE_WRAPPED)

define exchange_rule
$(LIBDIR)/exchange-$(basename $(notdir $(1))).o: $(1)
	$$(call say,CC,$$@)
	$$(Q)mkdir -p $$(@D) && $$(CC) $$(CFLAGS) $$(PORT_CFLAGS) $$(PORT_NOFPU_CFLAGS) -MMD -c -o $$@ $$<
endef
$(foreach s,$(EXCHANGE_SRCS),$(eval $(call exchange_rule,$(s))))
